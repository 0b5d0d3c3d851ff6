import type { Sample } from '../../contract/dataset/schema.ts';
import { show } from '../scorers/tool-calls/python-value.ts';
import { type ExpectedCall, readTask } from './read-task.ts';

/**
 * Writes the calls that a sample expects, in the order of its messages: `get_weather(city: "Oslo", [unit: "celsius"])`.
 * null: it expects nothing of the calls, or they can't be read.
 */
export function describeExpectedCalls(sample: Pick<Sample, 'metadata'>): 'any' | string[] | null {
	try {
		const { expected } = readTask(sample);
		if (expected.every((one) => one === null)) return null;
		if (expected.length === 1 && expected[0] === 'any') return 'any';
		return expected.flatMap((one) => (one === 'any' ? '…' : (one ?? []).map(describeCall)));
	} catch {
		// The answer's failure says what can't be read.
		return null;
	}
}

function describeCall(call: ExpectedCall): string {
	return [...call]
		.map(([name, allowed]) => {
			const values = Object.entries(allowed).map(([key, all]) => {
				const named = all.filter((value) => value !== '');
				const words = `${key}: ${named.length === 0 ? '…' : named.map(show).join(' | ')}`;
				return named.length === all.length ? words : `[${words}]`;
			});
			return `${name}(${values.join(', ')})`;
		})
		.join(' | ');
}
