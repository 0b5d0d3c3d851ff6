import { setImmediate } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Change, Dataset, Sample } from '../contract/dataset/schema.ts';
import type { FeedbackFilter, MessageFeedback } from '../contract/feedback/schema.ts';
import { readPromptTurns } from '../conversation/sent-prompt.ts';
import { getMessageRow } from '../conversation/store/messages.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all } from '../database/sql.ts';
import { readExportPage } from '../feedback/report.ts';
import { readFeedback } from '../feedback/store.ts';
import { preferenceLines } from '../feedback/training-lines.ts';
import type { SampleToAdd } from './change/change-samples.ts';
import type { DatasetContext } from './context.ts';
import type { SampleEditor } from './edit-samples.ts';
import type { DatasetManager } from './manage-datasets.ts';
import { getDataset, getLiveDataset } from './store/datasets.ts';

type Into = { readonly datasetId: number } | { readonly name: string };

export interface FromConversations {
	/** Throws Failure `no-target`, `not-an-answer`, `message-unknown`. */
	message(
		input: { readonly messageId: number; readonly into: Into; readonly approve: boolean } & Filing,
	): Promise<Change & { dataset: Dataset; sample: Sample; known: boolean }>;
	/** Throws Failure `nothing-to-add`. */
	feedback(
		input: { readonly filter: FeedbackFilter; readonly into: Into } & Filing,
		signal?: AbortSignal,
	): Promise<Change & { dataset: Dataset; known: number; leftOut: number }>;
	/** Yields the samples that `feedback` would add, without adding them. Throws the signal's reason. */
	gather(filter: FeedbackFilter, signal?: AbortSignal): AsyncGenerator<SampleToAdd, void>;
	uses(messageIds: readonly number[]): {
		readonly messageId: number;
		readonly datasetId: number;
		readonly datasetName: string;
		readonly versionId: number;
		readonly sampleId: number;
	}[];
}

/** Answers read per slice, and length of a slice before the event loop runs, ms. */
const answersAtOnce = 200;
const sliceMs = 8;

const usesOfMessages = `SELECT s.message_id AS messageId, s.dataset_id AS datasetId, d.name AS datasetName,
    v.id AS versionId, s.id AS sampleId
  FROM samples s JOIN datasets d ON d.id = s.dataset_id AND d.deleted_at IS NULL
    JOIN dataset_version_samples m ON m.sample_id = s.id
    JOIN dataset_versions v ON v.id = m.version_id AND (v.visible_to IS NULL OR m.position <= v.visible_to)
  WHERE s.message_id IN (SELECT value FROM json_each(:ids)) AND v.number = (
    SELECT max(o.number) FROM dataset_versions o WHERE o.dataset_id = s.dataset_id)
  ORDER BY s.message_id, d.name`;

export function createFromConversations(
	context: DatasetContext,
	manage: Pick<DatasetManager, 'create'>,
	edit: Pick<SampleEditor, 'change' | 'sample'>,
): FromConversations {
	const { database, reader } = context;

	function place(into: Into): Dataset {
		return 'datasetId' in into ? getLiveDataset(database, into.datasetId) : manage.create({ ...into, description: '' });
	}

	return {
		async message({ messageId, into, approve, ...filing }) {
			assertAnswer(getMessageRow(database, messageId).role, messageId);
			const arriving = sampleOfAnswer(database, messageId, approve, filing);
			if (arriving === null) throw noTarget();
			const { id } = place(into);
			const { sampleIds, known, version, changed, undoId } = await edit.change(id, {
				kind: 'add',
				arriving: [arriving],
				skipKnown: true,
			});
			const sample = edit.sample(version.id, sampleIds[0] ?? 0);
			return { version, changed, undoId, dataset: getDataset(database, id), sample, known: known > 0 };
		},
		async feedback({ filter, into, ...filing }, signal) {
			const arriving: SampleToAdd[] = [];
			let leftOut = 0;
			let startedAt = performance.now();
			for (let after: number | null = 0; after !== null; ) {
				const page = await readExportPage(reader, filter, after, answersAtOnce, signal);
				for (const { messageId } of page.rows) {
					const sample = sampleOfAnswer(database, messageId, false, filing);
					if (sample === null) leftOut += 1;
					else arriving.push(sample);
					if (performance.now() - startedAt < sliceMs) continue;
					await setImmediate();
					signal?.throwIfAborted();
					startedAt = performance.now();
				}
				after = page.last ? null : page.upTo;
			}
			if (arriving.length === 0) throw nothingToAdd(leftOut);
			const { id } = place(into);
			const { known, version, changed, undoId } = await edit.change(id, { kind: 'add', arriving, skipKnown: true });
			return { version, changed, undoId, dataset: getDataset(database, id), known, leftOut };
		},
		async *gather(filter, signal) {
			for (let after: number | null = 0; after !== null; ) {
				const page = await readExportPage(reader, filter, after, answersAtOnce, signal);
				let startedAt = performance.now();
				for (const { messageId } of page.rows) {
					const sample = sampleOfAnswer(database, messageId, false, { tags: [] });
					if (sample !== null) yield sample;
					if (performance.now() - startedAt < sliceMs) continue;
					await setImmediate();
					signal?.throwIfAborted();
					startedAt = performance.now();
				}
				after = page.last ? null : page.upTo;
			}
		},
		uses: (messageIds) => [
			...all<ReturnType<FromConversations['uses']>[number]>(database, usesOfMessages, {
				ids: JSON.stringify(messageIds),
			}),
		],
	};
}

function assertAnswer(role: string, messageId: number): void {
	if (role === 'assistant') return;
	throw new Failure({
		code: 'not-an-answer',
		message: said`Message ${messageId} isn’t an answer. A sample consists of an answer and its question.`,
		next: [said`Choose the answer below it`],
	});
}

function noTarget(): Failure {
	return new Failure({
		code: 'no-target',
		message: said`The correct answer isn’t known yet.`,
		next: [said`Correct the answer, or rate it good`, said`Or confirm that it is correct`],
	});
}

function nothingToAdd(leftOut: number): Failure {
	return new Failure({
		code: 'nothing-to-add',
		message:
			leftOut === 0
				? said`No answers match this filter.`
				: said`None of the ${leftOut} matching answers is corrected or rated good, so there are no targets.`,
		next: [said`Choose another filter`, said`Correct answers in Feedback first`],
	});
}

/** Split and tags of a sample made from an answer. */
interface Filing {
	readonly split?: string | undefined;
	readonly tags: readonly string[];
}

/**
 * Converts an answer to a sample; null if nobody said what the answer should be. `approve`: the answer itself is right.
 * Throws Failure `message-unknown`.
 */
function sampleOfAnswer(
	database: ReadableDatabase,
	messageId: number,
	approve: boolean,
	{ split, tags }: Filing,
): SampleToAdd | null {
	const { conversationId, content } = getMessageRow(database, messageId);
	const feedback = readFeedback(database, messageId);
	const target = targetOf(feedback, content, approve);
	if (target === null) return null;
	const turns = readPromptTurns(database, messageId);
	// Another program's prompt that was not kept.
	if (!turns.some((turn) => turn.role === 'user' && turn.content !== '')) return null;
	const [only] = turns;
	const rejected = preferenceLines(database, { ...feedback, answer: content })[0]?.rejected[0]?.content;
	return {
		sample: {
			input: turns.length === 1 && only?.role === 'user' ? only.content : [...turns],
			target,
			metadata: rejected === undefined ? {} : { rejected },
			tags: [...new Set([...tags, ...feedback.tags])].slice(0, 64),
			cluster: `conversation ${conversationId}`,
			key: `message ${messageId}`,
			...(split === undefined ? {} : { split }),
		},
		source: { kind: 'message', conversationId, messageId },
	};
}

function targetOf(feedback: MessageFeedback, answer: string, approve: boolean): string | null {
	if (feedback.correction !== null) return feedback.correction;
	if (answer.trim() === '') return null;
	return approve || feedback.rating === 'up' ? answer : null;
}
