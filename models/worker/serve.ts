import { failureFacts } from '../contract/failure.ts';
import type { GenerateRequest } from '../contract/generation.ts';
import { type CallName, callEngine, type Engine, engineMethods, type NoticeName } from '../engine.ts';
import {
	type FromWorker,
	type LoadRequest,
	protocolVersion,
	type ToWorker,
	toWorkerSchema,
} from '../runtime/protocol.ts';
import { checkEngine } from './choose-engine.ts';
import type { EngineHooks } from './engine-hooks.ts';
import { reportWorking } from './life-signs.ts';
import { openEngine } from './open-engine.ts';

/** Runs the worker's side of the protocol with its parent process, until asked to quit. */
export function serve(open = openEngine): void {
	const running = new Map<number, AbortController>();
	let engine: Engine | undefined;

	const send = (frame: FromWorker): void => {
		// 'disconnect' reports a host that is gone.
		process.send?.(frame, undefined, undefined, () => {});
	};

	const load = async (request: LoadRequest): Promise<void> => {
		const hooks: EngineHooks = {
			progress: (progress) => send({ type: 'progress', progress }),
			capabilities: (capabilities) => send({ type: 'capabilities', capabilities }),
			log: (level, text) => send({ type: 'log', level, text }),
		};
		try {
			engine = await reportWorking(() => open(request, hooks));
			send({ type: 'ready', capabilities: engine.capabilities() });
		} catch (error) {
			send({ type: 'load-failed', failure: failureFacts(error) });
		}
	};

	const generate = async (id: number, request: GenerateRequest, loaded: Engine): Promise<void> => {
		const abort = new AbortController();
		running.set(id, abort);
		for await (const event of loaded.generate(request, abort.signal)) send({ type: 'event', id, event });
		running.delete(id);
	};

	/** Answers a request about text. Such work is usually short, but a template is a program and may take long. */
	const answer = (id: number, work: () => Promise<FromWorker>): void => {
		void reportWorking(work).then(send, (error: unknown) => send({ type: 'failed', id, failure: failureFacts(error) }));
	};

	const loaded = (): Engine => {
		if (engine) return engine;
		throw new Error('a request came before the model was loaded');
	};

	const call = ({ id, method, args: given }: Extract<ToWorker, { type: 'call' }>): void => {
		if (!Object.hasOwn(engineMethods, method)) throw new Error(`there is no method ${method}`);
		const schema = engineMethods[method as keyof typeof engineMethods];
		const parsed = schema.args.safeParse(given);
		if (!parsed.success) {
			// Other answers of this process go on.
			if ('event' in schema || 'result' in schema) send({ type: 'failed', id, failure: failureFacts(parsed.error) });
			return;
		}
		const args = parsed.data;
		if ('event' in schema) void generate(id, ...(args as [GenerateRequest]), loaded());
		else if ('result' in schema) {
			const name = method as CallName;
			answer(id, async () => ({ type: 'result', id, value: await callEngine(loaded(), name, args) }));
		} else callEngine(loaded(), method as NoticeName, args);
	};

	const take = (frame: ToWorker): void => {
		switch (frame.type) {
			case 'load':
				void load(frame.request);
				break;
			case 'check-engine':
				void checkEngine().then((engine) => send({ type: 'engine', engine }));
				break;
			case 'call':
				call(frame);
				break;
			case 'abort':
				running.get(frame.id)?.abort();
				break;
			case 'quit':
				void leave();
		}
	};

	/** Saves states first; the host kills a process that takes too long. */
	const leave = async (): Promise<void> => {
		const idle = running.size === 0;
		if (idle) await engine?.stop().catch((error: unknown) => send({ type: 'log', level: 'warn', text: String(error) }));
		quit(idle);
	};

	process.on('disconnect', () => quit(false));
	process.on('message', (message) => take(toWorkerSchema.parse(message)));
	send({ type: 'hello', protocol: protocolVersion, pid: process.pid });
}

/**
 * Ends the process. Running native code can't be interrupted, and a normal exit would wait for it, so only an idle
 * worker exits in order.
 */
function quit(idle: boolean): void {
	if (idle) process.exit(0);
	process.kill(process.pid, 'SIGKILL');
}
