import { actedScenes } from './acted-scenes.ts';
import { activityScenes } from './activity/scenes.ts';
import { chatScenes } from './chat-scenes.ts';
import { comparisonScenes } from './comparison-scenes.ts';
import { composerScenes } from './composer-scenes.ts';
import { datasetScenes } from './dataset/scenes.ts';
import { documentScenes } from './document-scenes.ts';
import { evaluationScenes } from './evaluation-scenes.ts';
import { exchangeScenes } from './exchange-scenes.ts';
import { feedbackScenes } from './feedback-scenes.ts';
import { hubScenes } from './hub-scenes.ts';
import { judgeScenes } from './judge-scenes.ts';
import { ledgerScenes } from './ledger-scenes.ts';
import { libraryScenes } from './library/scenes.ts';
import { markdownScenes } from './markdown-scenes.ts';
import { memoryScenes } from './memory-scenes.ts';
import { organiseScenes } from './organise-scenes.ts';
import { otherScenes } from './other-scenes.ts';
import { overflowScenes } from './overflow-scenes.ts';
import { planScenes } from './plan-scenes.ts';
import { promptScenes } from './prompt/scenes.ts';
import type { Scene } from './scene.ts';
import { searchScenes } from './search-scenes.ts';
import { serverScenes } from './server/scenes.ts';
import { settingScenes } from './setting-scenes.ts';
import { stepScenes } from './step-scenes.ts';
import { sweepScenes } from './sweep/scenes.ts';
import { threadScenes } from './thread-scenes.ts';
import { toolScenes } from './tool-scenes.ts';
import { trainingScenes } from './training/scenes.ts';
import { writingScenes } from './writing-scenes.ts';

/** Every screen and state worth checking: tests check each, `npm run screenshots` captures each. */
export const scenes: Readonly<Record<string, Scene>> = {
	...otherScenes,
	...libraryScenes,
	...sweepScenes,
	...settingScenes,
	...activityScenes,
	...serverScenes,
	...chatScenes,
	...composerScenes,
	...ledgerScenes,
	...overflowScenes,
	...memoryScenes,
	...markdownScenes,
	...actedScenes,
	...organiseScenes,
	...threadScenes,
	...stepScenes,
	...searchScenes,
	...feedbackScenes,
	...exchangeScenes,
	...comparisonScenes,
	...hubScenes,
	...datasetScenes,
	...documentScenes,
	...promptScenes,
	...evaluationScenes,
	...planScenes,
	...judgeScenes,
	...trainingScenes,
	...toolScenes,
	...writingScenes,
};
