import { afterEach } from 'vitest';
import type { MeasureOptionsInput, MeasureRow } from '../../../../models/contract/native/tasks.ts';
import { type MeasurementSession, openMeasurement } from '../../../../models/native/measurement/session.ts';
import type { TinyGgufOptions } from '../../../support/tiny-gguf.ts';
import { prose, workshop } from '../tiny.ts';
import { asked } from './ask.ts';

const open: MeasurementSession[] = [];

/** Registers a session to be closed after the test. */
export function opened(session: MeasurementSession): MeasurementSession {
	open.push(session);
	return session;
}

afterEach(async () => {
	for (const session of open.splice(0)) await session.close();
});

/** Opens a session on a tiny model, closed after the test; four rows at a time and one thread by default. */
export async function measuring(
	gguf: TinyGgufOptions = {},
	options: Partial<MeasureOptionsInput> = {},
): Promise<MeasurementSession> {
	const model = workshop().model('a.gguf', gguf);
	const session = await openMeasurement({ model, width: 4, threads: 1, ...options });
	return opened(session);
}

/** A prefix that rows share. */
export const shots = prose.slice(0, 500);

/** Rows with different lengths, seeds and answer lengths, so that they join and leave at different times. */
export const mixed: MeasureRow[] = Array.from({ length: 14 }, (_, index) =>
	asked(
		`${shots} ${'of the sea '.repeat(index % 5)}question ${index}`,
		{ maxTokens: 4 + ((index * 5) % 11), temperature: index % 2, repeatPenalty: 1 + (index % 3) / 10 },
		index,
	),
);
