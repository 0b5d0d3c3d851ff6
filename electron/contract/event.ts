import { z } from 'zod';
import { runStatusSchema } from './evaluation/schema.ts';
import { jobSchema } from './jobs/schema.ts';
import { downloadSchema } from './library/hub.ts';
import { modelStateSchema } from './library/schema.ts';
import { statusSchema } from './system/schema.ts';
import { updateStatusSchema } from './updates/schema.ts';

/** Facts broadcast to every page. They say what changed; the page fetches what it shows. */
export const applicationEventSchema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('conversation-changed'),
		conversationId: z.int(),
		/** Set if the start of this answer is the only change: a page that already shows the answer fetches nothing. */
		startedMessageId: z.int().optional(),
	}),
	/** Conversations were pinned, moved, tagged, archived, deleted or restored, or folders and tags changed. */
	z.object({ type: z.literal('organisation-changed') }),
	z.object({
		type: z.literal('generation-started'),
		conversationId: z.int(),
		messageId: z.int(),
		generationId: z.int(),
	}),
	z.object({
		type: z.literal('generation-ended'),
		conversationId: z.int(),
		messageId: z.int(),
		generationId: z.int(),
	}),
	/** A page changed, or the text that the model is writing on it; null: several pages. */
	z.object({ type: z.literal('pages-changed'), pageId: z.int().nullable() }),
	/** A collection or its documents changed; null: several. At most four times a second while one is indexed. */
	z.object({ type: z.literal('documents-changed'), collectionId: z.int().nullable() }),
	/** Versions of its summary came or went, or one is being made. At most twice a second. */
	z.object({ type: z.literal('summaries-changed'), conversationId: z.int() }),
	/** Facts were proposed, accepted, changed or forgotten. */
	z.object({ type: z.literal('memory-changed') }),
	z.object({ type: z.literal('feedback-changed'), messageId: z.int() }),
	z.object({ type: z.literal('comparison-changed'), comparisonId: z.int() }),
	/** The prompt's name, versions or samples changed; null: several prompts changed. */
	z.object({ type: z.literal('prompts-changed'), promptId: z.int() }),
	z.object({ type: z.literal('dataset-changed'), datasetId: z.int().nullable() }),
	/**
	 * `rows`: new rows, at most four times a second; `status`: the run started, stopped or finished; `facts`: its name,
	 * baseline or trash state changed.
	 */
	z.object({
		type: z.literal('evaluation-changed'),
		runId: z.int(),
		change: z.enum(['rows', 'status', 'facts']),
		status: runStatusSchema,
	}),
	/** `points`: new points of the loss curve, at most four times a second; `status`: anything else. */
	z.object({ type: z.literal('training-changed'), runId: z.int(), change: z.enum(['points', 'status']) }),
	z.object({ type: z.literal('models-changed') }),
	/** An adapter of the library was added, changed or removed. */
	z.object({ type: z.literal('adapters-changed') }),
	/** Progress of a file's SHA-256; `models-changed` follows when it is known. */
	z.object({ type: z.literal('model-hash'), modelFileId: z.int(), doneBytes: z.int(), totalBytes: z.int() }),
	z.object({ type: z.literal('presets-changed') }),
	z.object({ type: z.literal('model-state'), state: modelStateSchema }),
	z.object({ type: z.literal('download'), download: downloadSchema }),
	z.object({ type: z.literal('job'), job: jobSchema }),
	z.object({ type: z.literal('settings-changed') }),
	/** The activity log has new entries or was cleared. */
	z.object({ type: z.literal('activity-changed') }),
	/** Tool servers, tools or permissions changed, or a call was logged. */
	z.object({ type: z.literal('tools-changed') }),
	/** A request of another program began, went on or ended; at most four times a second. */
	z.object({ type: z.literal('server-requests-changed') }),
	/** A backup replaced all data: what a page holds is outdated. */
	z.object({ type: z.literal('data-replaced') }),
	z.object({ type: z.literal('status'), status: statusSchema }),
	/** Progress of an update of Assay itself. */
	z.object({ type: z.literal('update'), status: updateStatusSchema }),
]);

export type ApplicationEvent = z.infer<typeof applicationEventSchema>;
