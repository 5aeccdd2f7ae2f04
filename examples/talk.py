"""Talks in a room: PARLEY_URL=https://chat.example PARLEY_PASSWORD=… python3 examples/talk.py ben general

Signs up (later: in), joins, sends the lines of standard input and prints what is said. After a lost connection it sends again what was not
confirmed (its client_id makes that one message), and continues behind the last event that it saw: a file keeps that for the next start too.
Needs the package websockets (in Debian: python3-websockets)."""
import asyncio, contextlib, json, os, pathlib, sys, urllib.error, urllib.request, uuid, websockets

url, password = os.environ.get('PARLEY_URL', 'http://127.0.0.1:8000'), os.environ['PARLEY_PASSWORD']
user, room = sys.argv[1:]
place = pathlib.Path(f'{user}-{room}.json')  # the epoch and seq of the last event
unsent, socket = {}, None  # lines by client_id; the open connection

def ask(method, path, body, token=''):
    headers = {'content-type': 'application/json', **({'authorization': f'Bearer {token}'} if token else {})}
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as response: return json.loads(response.read() or 'null')

def sign_in(way='login'):
    try: return ask('POST', f'/auth/{way}', {'username': user, 'password': password})['access_token']
    except urllib.error.HTTPError as error:
        if error.code == 401: return sign_in('signup')
        raise

async def send(type, ref, **fields):
    if socket: await socket.send(json.dumps({'type': type, 'ref': ref, 'room': room, **fields}))
async def say(client_id): await send('message.send', client_id, client_id=client_id, content=unsent[client_id])
async def subscribe(): await send('room.subscribe', 'subscribe', **({'since': json.loads(place.read_text())} if place.exists() else {}))

def saw(epoch, seq, message):
    if message: print(f"{message['author']['username']}: {message['content']}", flush=True)
    place.write_text(json.dumps({'epoch': epoch, 'seq': seq}))

async def handle(frame):
    if 'actor' in frame: saw(frame['epoch'], frame['seq'], frame['type'] == 'message.created' and frame['message'])
    elif frame['type'] == 'error': print(frame['message'], file=sys.stderr), unsent.pop(frame.get('ref'), None)
    elif frame['type'] == 'reply' and frame['ref'] != 'subscribe': unsent.pop(frame['ref'], None)
    elif frame['type'] == 'reply':
        for event in (data := frame['data']).get('events', []): await handle(event)  # or, after very many, a page of messages:
        for message in data.get('messages', []): saw(data['epoch'], message['seq'], message)
        if data.get('more'): return await subscribe()
        saw(data['epoch'], data['head'], None)
        for client_id in list(unsent): await say(client_id)

async def listen():
    global socket
    ask('PUT', f'/rooms/{room}/members/me', {}, token := sign_in())
    while True:
        try:
            ticket = ask('POST', '/auth/ticket', {}, token)['ticket']
            async with websockets.connect(f'ws{url[4:]}/ws?ticket={ticket}', max_size=None) as socket:
                await subscribe()
                async for text in socket: await handle(json.loads(text))
        except urllib.error.HTTPError as error:
            if error.code == 401: token = sign_in()
            elif error.code < 429: raise
        except (OSError, websockets.WebSocketException): socket = None
        await asyncio.sleep(1)

async def write():
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        unsent[client_id := str(uuid.uuid4())] = line.decode().rstrip()
        with contextlib.suppress(websockets.WebSocketException): await say(client_id)  # or the next connection does
    while unsent: await asyncio.sleep(0.1)

async def main():  # until the input ends and all of it is confirmed
    done, _ = await asyncio.wait([asyncio.create_task(each()) for each in (listen, write)], return_when='FIRST_COMPLETED')
    for task in done: task.result()

asyncio.run(main())
