import type { SampleEdit } from '../../../../electron/contract/dataset/change.ts';
import type { Services } from '../../../services.ts';
import { changeSamples } from '../../change.ts';
import { emptyDraft, type SampleDraft, toSampleEdit } from './sample-draft.ts';

/** Keeps what was changed of a sample; a frozen version stays as it is, a draft takes the change. False where it failed. */
export async function saveSample(services: Services, sampleId: number, edit: SampleEdit): Promise<boolean> {
	const done = await changeSamples(
		services,
		(datasetId) => services.connection.client.datasets.samples.edit({ datasetId, sampleId, edit }),
		({ version }) => `Saved in draft v${version.number}`,
	);
	return done !== null;
}

/** Puts a new sample at the end and looks at it. */
export async function addSample(services: Services, draft: SampleDraft): Promise<boolean> {
	const { connection, samples } = services;
	const content = { ...toSampleEdit(emptyDraft, draft), input: draft.input };
	const done = await changeSamples(
		services,
		(datasetId) => connection.client.datasets.samples.add({ datasetId, samples: [content] }),
		({ version }) => `Added to draft v${version.number}`,
	);
	if (done === null) return false;
	const [id] = done.ids;
	if (id !== undefined) await samples.find(id);
	return true;
}
