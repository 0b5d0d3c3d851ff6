import type { FailureFacts } from '../../../../models/contract/failure.ts';
import type { AttachedText } from '../../../contract/conversation/attachment.ts';

/** What the reading thread is started with. */
export interface ReadingTask {
	readonly name: string;
	readonly bytes: ArrayBuffer;
}

/** What it says, once. */
export type ReadingAnswer =
	| { readonly read: Pick<AttachedText, 'mediaType' | 'pages' | 'text'> }
	| { readonly failure: FailureFacts };

/** Where the thread's code lies: beside this file in a checkout, or beside the bundle under the name a build gives it. */
export const readingEntry = new URL(
	import.meta.url.endsWith('.ts') ? './reading-worker.ts' : './reading-worker.js',
	import.meta.url,
);
