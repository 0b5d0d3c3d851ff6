import type { Sample } from '../../../electron/contract/dataset/sample.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { useQuery } from '../../use-answer.ts';

export type SampleState =
	| { readonly status: 'loading' }
	| { readonly status: 'ready'; readonly sample: Sample }
	| { readonly status: 'failed'; readonly failure: FailureFacts };

/** A sample as a whole. The one before stands until the next is there. `revision` of its version: a change reads it again. */
export function useSample(versionId: number | null, sampleId: number | null, revision: number): SampleState {
	const known = versionId !== null && sampleId !== null;
	const { answer: sample, failure } = useQuery(
		known ? JSON.stringify([versionId, sampleId, revision]) : null,
		(client, signal) => client.datasets.samples.get({ versionId: versionId ?? 0, sampleId: sampleId ?? 0 }, { signal }),
	);
	if (failure !== null) return { status: 'failed', failure };
	return sample === undefined ? { status: 'loading' } : { status: 'ready', sample };
}
