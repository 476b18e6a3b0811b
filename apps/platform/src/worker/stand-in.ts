import { createDoor, DoorRefusal, listen, refuse, shut } from '#service/door';

// Holds the gateway's port while the apps are restarted, so that callers are told to come back
// instead of finding a closed port.
const { PORT = '8080', HOST = '127.0.0.1' } = process.env;

const door = createDoor('stand-in', (_request, response) =>
  refuse(response, new DoorRefusal(503, 'not-ready', 'The apps are being started again.', { 'retry-after': '1' })),
);

async function stop(): Promise<void> {
  await shut(door);
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
process.on('SIGINT', () => undefined);
process.once('disconnect', () => void stop());
await listen(door, Number(PORT), HOST);
process.send?.({ ready: true });
