import type { Datasets } from '../dataset/datasets.ts';
import type { Implementer } from './implementer.ts';

export function datasetHandlers({ datasets: calls }: Implementer, datasets: Datasets) {
	const { manage, edit, importExport, checks, fromConversations } = datasets;
	const { versions, samples, imports } = calls;
	const written = { kind: 'written' } as const;
	return {
		list: calls.list.handler(({ input }) => ({ datasets: manage.list(input.deleted) })),
		get: calls.get.handler(({ input }) => manage.get(input.id)),
		create: calls.create.handler(({ input }) => manage.create(input)),
		rename: calls.rename.handler(({ input }) => manage.rename(input)),
		copy: calls.copy.handler(({ input }) => manage.copy(input.versionId, input.name)),
		remove: calls.remove.handler(({ input }) => manage.remove(input.id)),
		restore: calls.restore.handler(({ input }) => manage.restore(input.id)),
		empty: calls.empty.handler(({ input }) => manage.emptyTrash(input.ids)),

		versions: {
			get: versions.get.handler(({ input }) => manage.version(input.versionId)),
			draft: versions.draft.handler(({ input }) => manage.beginDraft(input.datasetId)),
			freeze: versions.freeze.handler(({ input }) => manage.freeze(input.datasetId, input.note)),
			discard: versions.discard.handler(({ input }) => manage.discard(input.datasetId)),
			bringBack: versions.bringBack.handler(({ input }) => manage.bringBack(input.versionId)),
			remove: versions.remove.handler(async ({ input }) => {
				await manage.removeVersion(input.versionId);
				return {};
			}),
			diff: versions.diff.handler(({ input, signal }) =>
				datasets.diff(input.fromVersionId, input.toVersionId, input, signal),
			),
		},

		samples: {
			list: samples.list.handler(({ input, signal }) => datasets.list(input.versionId, input.filter, input, signal)),
			get: samples.get.handler(({ input }) => edit.sample(input.versionId, input.sampleId)),
			locate: samples.locate.handler(async ({ input }) => ({
				index: await datasets.locate(input.versionId, input.filter, input.sampleId),
			})),
			facets: samples.facets.handler(({ input }) => datasets.facets(input.versionId)),
			add: samples.add.handler(async ({ input }) => {
				const arriving = input.samples.map((sample) => ({ sample, source: written }));
				const done = await edit.change(input.datasetId, { kind: 'add', arriving, skipKnown: false });
				return { ...done, ids: [...done.sampleIds] };
			}),
			edit: samples.edit.handler(async ({ input }) => {
				const done = await edit.change(input.datasetId, { kind: 'edit', sampleId: input.sampleId, edit: input.edit });
				return { ...done, sample: edit.sample(done.version.id, done.sampleIds[0] ?? input.sampleId) };
			}),
			remove: samples.remove.handler(({ input: { datasetId, selection } }) =>
				edit.change(datasetId, { kind: 'remove', selection }),
			),
			tag: samples.tag.handler(({ input: { datasetId, selection, add, remove } }) =>
				edit.change(datasetId, { kind: 'tag', selection, add, remove }),
			),
			assignSplit: samples.assignSplit.handler(({ input: { datasetId, selection, split } }) =>
				edit.change(datasetId, { kind: 'assign-split', selection, split }),
			),
			randomSplit: samples.randomSplit.handler(async ({ input: { datasetId, selection = everySample, ...how } }) => {
				const done = await edit.change(datasetId, { kind: 'random-split', selection, ...how });
				return { ...done, splits: [...done.splits] };
			}),
			undo: samples.undo.handler(({ input }) => edit.undo(input.undoId)),
		},

		imports: {
			preview: imports.preview.handler(({ input }) => importExport.preview(input)),
			previewed: imports.previewed.handler(({ input }) => importExport.previewed(input.jobId)),
			reread: imports.reread.handler(({ input }) => importExport.reread(input.jobId, input.mapping, input.table)),
			start: imports.start.handler(({ input: { previewId, ...options } }) => importExport.start(previewId, options)),
			report: imports.report.handler(({ input }) => importExport.report(input.jobId)),
			discard: imports.discard.handler(async ({ input }) => {
				await importExport.discard(input.previewId);
				return {};
			}),
		},

		fromConversations: {
			message: calls.fromConversations.message.handler(({ input }) => fromConversations.message(input)),
			feedback: calls.fromConversations.feedback.handler(({ input, signal }) =>
				fromConversations.feedback(input, signal),
			),
			of: calls.fromConversations.of.handler(({ input }) => ({ uses: fromConversations.uses(input.messageIds) })),
		},

		checks: {
			start: calls.checks.start.handler(({ input }) => checks.start(input)),
			report: calls.checks.report.handler(({ input }) => checks.report(input.jobId)),
			removeDuplicates: calls.checks.removeDuplicates.handler(({ input }) => {
				const { datasetId, ids } = checks.removable(input.jobId, input.which, input.keepNumberVariants);
				return edit.change(datasetId, { kind: 'remove', selection: { ids: [...ids] } });
			}),
			redact: calls.checks.redact.handler(({ input: { datasetId, kinds, selection = everySample } }) =>
				edit.change(datasetId, { kind: 'redact', selection, kinds }),
			),
		},

		export: calls.export.handler(({ input }) => importExport.export(input.versionId, input.filter, input.format)),
		exported: calls.exported.handler(({ input }) => importExport.exported(input.jobId)),
	};
}

const everySample = { filter: {} };
