declare module '*.sql' {
  const text: string
  export default text
}

declare module '*.wasm' {
  const path: string
  export default path
}

declare module '*.data' {
  const path: string
  export default path
}

declare module '*.zst' {
  const path: string
  export default path
}

declare module '*/worker.js' {
  const path: string
  export default path
}

declare module '*/mark-new.svg' {
  const path: string
  export default path
}

declare module '*.css' {
  const path: string
  export default path
}

declare module 'swagger-ui-dist/swagger-ui-bundle.js' {
  const path: string
  export default path
}
