import { failureFacts } from '../../contract/failure.ts';
import { type FromMeasure, type MeasureOptions, type ToMeasure, toMeasureSchema } from '../../contract/native/tasks.ts';
import { heartbeatIntervalMs, readHeartbeat } from '../heartbeat.ts';
import { openNativeLibrary } from '../libllama/open-library.ts';
import { DecodeGate } from './decode-gate.ts';
import { type Measurer, openMeasurer } from './measurer.ts';

type Call = Extract<ToMeasure, { id: number; type: 'generate' | 'likelihood' | 'count' | 'usage' }>;

function send(frame: FromMeasure): void {
	// 'disconnect' reports a host that is gone.
	if (process.connected) process.send?.(frame, undefined, undefined, () => {});
}

async function answer(measurer: Measurer, call: Call, gate: DecodeGate): Promise<FromMeasure> {
	const { id } = call;
	switch (call.type) {
		case 'generate': {
			const rows = await measurer.generate(call.rows, gate, (index, row) => send({ type: 'row', id, index, row }));
			return { type: 'rows', id, rows };
		}
		case 'likelihood':
			return { type: 'likelihoods', id, items: await measurer.likelihood(call.items, gate) };
		case 'count':
			return { type: 'counts', id, counts: measurer.count(call.prompts) };
		case 'usage':
			return { type: 'usage', id, usage: measurer.usage(call) };
	}
}

/** Holds a model in this process and answers calls one after another, until the process is ended. */
export function serveMeasurement(options: MeasureOptions): void {
	const gate = new DecodeGate();
	const waiting: Call[] = [];
	let measurer: Measurer | null = null;
	let running: number | null = null;

	const work = async (): Promise<void> => {
		if (measurer === null || running !== null) return;
		for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
			running = call.id;
			gate.begin();
			try {
				send(await answer(measurer, call, gate));
			} catch (error) {
				send({ type: 'failed', id: call.id, failure: failureFacts(error) });
			}
			running = null;
		}
	};

	const take = (frame: ToMeasure): void => {
		switch (frame.type) {
			case 'hold':
				gate.hold(frame.held);
				break;
			case 'stop': {
				if (running === frame.id) gate.stop();
				const place = waiting.findIndex(({ id }) => id === frame.id);
				if (place === -1) break;
				waiting.splice(place, 1);
				send({ type: 'failed', id: frame.id, failure: failureFacts(new Error('the call was stopped')) });
				break;
			}
			case 'open':
				break;
			case 'generate':
			case 'likelihood':
			case 'count':
			case 'usage':
				waiting.push(frame);
				void work();
		}
	};

	const open = async (): Promise<void> => {
		try {
			measurer = await openMeasurer(openNativeLibrary(options.gpu), options);
			send({ type: 'opened', facts: measurer.facts });
			await work();
		} catch (error) {
			send({ type: 'failed', id: null, failure: failureFacts(error) });
		}
	};

	setInterval(() => send({ type: 'beat', beat: readHeartbeat() }), heartbeatIntervalMs);
	process.on('message', (message) => take(toMeasureSchema.parse(message)));
	void open();
}
