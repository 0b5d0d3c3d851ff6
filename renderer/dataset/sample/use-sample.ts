import { useEffect, useState } from 'react';
import type { Sample } from '../../../electron/contract/dataset/sample.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { failureOf, isConnectionLoss } from '../../connection/failure.ts';
import { useServices } from '../../services.ts';

export type SampleState =
	| { readonly status: 'loading' }
	| { readonly status: 'ready'; readonly sample: Sample }
	| { readonly status: 'failed'; readonly failure: FailureFacts };

/** A sample as a whole. The one before stands until the next is there. `revision` of its version: a change reads it again. */
export function useSample(versionId: number | null, sampleId: number | null, revision: number): SampleState {
	const { connection } = useServices();
	const [state, setState] = useState<SampleState>({ status: 'loading' });
	// biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that it may be another now
	useEffect(() => {
		if (versionId === null || sampleId === null) return;
		const controller = new AbortController();
		connection.client.datasets.samples.get({ versionId, sampleId }, { signal: controller.signal }).then(
			(sample) => setState({ status: 'ready', sample }),
			(error: unknown) => {
				if (controller.signal.aborted || isConnectionLoss(error)) return;
				setState({ status: 'failed', failure: failureOf(error) });
			},
		);
		return () => controller.abort();
	}, [connection, versionId, sampleId, revision]);
	return state;
}
