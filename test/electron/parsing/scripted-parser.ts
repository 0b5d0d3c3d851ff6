import { serveTasks } from '../../../electron/parsing/worker-port.ts';

/** What a scripted parser does with its task. */
export interface ParserScript {
	readonly do: 'answer' | 'hang' | 'fill-buffers' | 'fill-heap' | 'talk' | 'babble' | 'wait' | 'garble' | 'environment';
	readonly megabytes?: number;
}

/** Entry of a parser process that misbehaves as its task says. */
await serveTasks<ParserScript>(async ({ task, bytes, port, flags }) => {
	const kept: unknown[] = [];
	switch (task.do) {
		case 'answer':
			return { pid: process.pid, bytes: bytes?.length ?? 0 };
		case 'hang':
			for (;;);
		case 'fill-buffers':
			for (;;) kept.push(new Uint8Array(8 * 1024 * 1024).fill(1));
		case 'fill-heap':
			for (;;) kept.push({ n: kept.length, text: `text ${kept.length}` });
		case 'talk':
			return 'x'.repeat((task.megabytes ?? 0) * 1e6);
		case 'babble':
			// Many small messages, which are signs of life.
			for (let n = 0; ; n += 1) {
				port.send({ type: 'progress', done: n, total: null });
				await new Promise((resolve) => setTimeout(resolve, 20));
				if (flags[0] === 1) throw new Error('cancelled');
			}
		case 'wait':
			port.send({ type: 'turn' });
			return await port.next();
		case 'garble':
			port.send({ type: 'something else' });
			return await port.next();
		case 'environment':
			return { names: Object.keys(process.env), directory: process.cwd() };
	}
});
