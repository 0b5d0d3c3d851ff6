import { busyCore } from './busy-core.ts';
import { documentRemoval } from './document-removal.ts';
import { documentSearch, documentSearchMillion } from './document-search.ts';
import { draftTyping } from './draft-typing.ts';
import { engineGeneration, enginePrompt } from './engines.ts';
import { estimate } from './estimate.ts';
import { evalHostBlock, evalHostMemory } from './evaluation/host.ts';
import { evalGeneration, evalGenerationQ4KM, evalGenerationServer, evalLikelihood } from './evaluation/measurements.ts';
import { followUpTtft } from './follow-up-ttft.ts';
import { generation } from './generation.ts';
import { importBlock, importRate } from './import.ts';
import { append, libraryBlock, list, open, search } from './library/measurements.ts';
import { llamaBenchGeneration, llamaBenchPrompt } from './llama-bench.ts';
import { load } from './load.ts';
import type { Measurement } from './measurement.ts';
import { openLong } from './open-long.ts';
import { renderer } from './page-stream.ts';
import { prompt } from './prompt.ts';
import { restartTtft } from './restart-ttft.ts';
import { score } from './score.ts';
import { servedRequestsOf1, servedRequestsOf4, servedRequestsOf16, servedStream, servedTtft } from './served.ts';
import { start } from './start.ts';
import { together } from './together.ts';
import { ttftOverhead } from './ttft-overhead.ts';

/** Everything that `npm run bench` measures, in this order: first what needs the shared host and engine. */
export const measurements: readonly Measurement[] = [
	generation,
	prompt,
	engineGeneration,
	enginePrompt,
	ttftOverhead,
	followUpTtft,
	together,
	restartTtft,
	load,
	servedTtft,
	servedStream,
	servedRequestsOf1,
	servedRequestsOf4,
	servedRequestsOf16,
	llamaBenchGeneration,
	llamaBenchPrompt,
	score,
	busyCore,
	estimate,
	start,
	renderer,
	openLong,
	draftTyping,
	evalGeneration,
	evalGenerationQ4KM,
	evalGenerationServer,
	evalLikelihood,
	evalHostMemory,
	evalHostBlock,
	importRate,
	importBlock,
	list,
	open,
	search,
	append,
	libraryBlock,
	documentSearch,
	documentSearchMillion,
	documentRemoval,
];
