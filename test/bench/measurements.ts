import { busyCore } from './busy-core.ts';
import { draftTyping } from './draft-typing.ts';
import { followUpTtft } from './follow-up-ttft.ts';
import { generation } from './generation.ts';
import { importBlock, importRate } from './import.ts';
import { append, libraryBlock, list, open, search } from './library/measurements.ts';
import { load } from './load.ts';
import type { Measurement } from './measurement.ts';
import { openLong } from './open-long.ts';
import { renderer } from './page-stream.ts';
import { prompt } from './prompt.ts';
import { restartTtft } from './restart-ttft.ts';
import { start } from './start.ts';
import { ttftOverhead } from './ttft-overhead.ts';

/** Everything `npm run bench` takes, in this order: what needs the shared host and engine first. */
export const measurements: readonly Measurement[] = [
	generation,
	prompt,
	ttftOverhead,
	followUpTtft,
	restartTtft,
	load,
	busyCore,
	start,
	renderer,
	openLong,
	draftTyping,
	importRate,
	importBlock,
	list,
	open,
	search,
	append,
	libraryBlock,
];
