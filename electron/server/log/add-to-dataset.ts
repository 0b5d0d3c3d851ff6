import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Change, Dataset } from '../../contract/dataset/schema.ts';
import type { RequestBody } from '../../contract/server/request-log.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { SampleToAdd } from '../../dataset/change/change-samples.ts';
import type { Datasets } from '../../dataset/datasets.ts';
import { readFeedback } from '../../feedback/store.ts';
import { openRequest } from './history.ts';
import { type KeepContext, notKept } from './save-as-conversation.ts';
import { knownRequests, messageOfRequest } from './store.ts';

/** What to add, and to which dataset. */
export interface AddRequests {
	readonly ids: readonly number[];
	readonly into: { readonly datasetId: number } | { readonly name: string };
	/** The expected answers: those given; only those rated good or corrected; none. */
	readonly targets: 'answers' | 'rated' | 'none';
	readonly split?: string | undefined;
	readonly tags: readonly string[];
}

/** Adds requests to a dataset. Throws Failure `request-unknown`, `request-not-kept`, `nothing-to-add`, `dataset-unknown`. */
export async function addRequestsToDataset(
	context: KeepContext & { readonly datasets: Pick<Datasets, 'manage' | 'edit'> },
	{ ids, into, targets, split, tags }: AddRequests,
): Promise<Change & { dataset: Dataset; known: number; leftOut: number }> {
	const { database, datasets } = context;
	context.requests.flush();
	const arriving: SampleToAdd[] = [];
	let kept = 0;
	for (const id of knownRequests(database, ids)) {
		const { request, body } = openRequest(context, id);
		if (body?.prompt === null || body === null) continue;
		kept += 1;
		const target = targetOf(database, id, body, targets);
		if (target === undefined) continue;
		const { turns } = body.prompt;
		const [only] = turns;
		arriving.push({
			sample: {
				input:
					turns.length === 1 && only !== undefined && only.role !== 'assistant'
						? only.content
						: turns.map(({ role, content }) => ({
								role: role === 'system' || role === 'assistant' ? role : 'user',
								content,
							})),
				target,
				metadata: { served: { client: request.client, model: request.model, at: request.startedAt } },
				tags: [...tags],
				key: request.responseId ?? `request ${id}`,
				...(split === undefined ? {} : { split }),
			},
			source: { kind: 'written' },
		});
	}
	if (arriving.length === 0) throw kept === 0 ? notKept() : nothingToAdd();
	const datasetId = 'datasetId' in into ? into.datasetId : datasets.manage.create({ ...into, description: '' }).id;
	const { known, version, changed, undoId } = await datasets.edit.change(datasetId, {
		kind: 'add',
		arriving,
		skipKnown: true,
	});
	const { dataset } = datasets.manage.get(datasetId);
	return { version, changed, undoId, dataset, known, leftOut: ids.length - arriving.length };
}

/** undefined: nobody said what the answer should be. */
function targetOf(
	database: WritableDatabase,
	id: number,
	{ answers, prompt }: RequestBody,
	targets: AddRequests['targets'],
): string | null | undefined {
	const messageId = messageOfRequest(database, id);
	const feedback = messageId === null ? null : readFeedback(database, messageId);
	if (targets === 'none') return null;
	if (feedback !== null && feedback.correction !== null) return feedback.correction;
	const [answer] = answers;
	const isGood = targets === 'answers' ? feedback?.rating !== 'down' : feedback?.rating === 'up';
	if (!isGood || answer === undefined || answer.content.trim() === '') return undefined;
	return `${prompt?.prefill ?? ''}${answer.content}`;
}

function nothingToAdd(): Failure {
	return new Failure({
		code: 'nothing-to-add',
		message: said`None of these requests has an answer that can be a target.`,
		next: [said`Rate answers through /v1/feedback first`, said`Or add them without targets`],
	});
}
