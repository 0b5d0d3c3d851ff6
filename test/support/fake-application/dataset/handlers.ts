import type { Implementer } from '../../../../electron/api/implementer.ts';
import type { DiffRow, Sample, SampleFilter, SampleRow } from '../../../../electron/contract/dataset/schema.ts';
import type { Job } from '../../../../electron/contract/jobs/schema.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import { buildJob } from '../../fixtures/job.ts';
import type { FakeApplication } from '../fake-application.ts';
import { unscripted } from '../unscripted.ts';
import type { FakeVersion } from './data.ts';

/** Handlers of datasets for the scenes. Edits go straight into the newest version. */
export function datasetHandlers(fake: FakeApplication, { datasets: os }: Implementer) {
	const { data } = fake;
	const held = data.datasets;
	const unknown = (what: string) =>
		new Failure({ code: `${what}-unknown`, message: `There is no such ${what}.`, next: [] });
	const dataset = (id: number) => held.all.find((one) => one.id === id) ?? raise(unknown('dataset'));
	const kept = (versionId: number): FakeVersion =>
		held.versions.find(({ version }) => version.id === versionId) ?? raise(unknown('version'));
	const newest = (datasetId: number): FakeVersion => kept(dataset(datasetId).latest.id);
	const found = (versionId: number, filter: SampleFilter) =>
		kept(versionId).samples.filter((sample) => fits(sample, filter));

	function change(datasetId: number, samples: readonly Sample[], changed: number) {
		const version = newest(datasetId);
		version.samples = samples;
		version.version = { ...version.version, samples: samples.length, revision: version.version.revision + 1 };
		held.all = held.all.map((one) => (one.id === datasetId ? { ...one, latest: version.version } : one));
		fake.emit({ type: 'dataset-changed', datasetId });
		return { version: version.version, changed, undoId: 'undo' };
	}

	function job(kind: Job['kind'], title: string, total: number): Job {
		const stands = held.held.includes(kind);
		const failure = kind === 'dataset-preview' ? held.previewFailure : null;
		const begun = buildJob({
			id: `job-${fake.nextId()}`,
			kind,
			title,
			unit: 'samples',
			total,
			done: stands ? Math.round(total * 0.42) : total,
			state: stands ? 'running' : failure === null ? 'done' : 'failed',
			rate: stands ? 8_200 : null,
			secondsLeft: stands ? 24 : null,
			failure,
			endedAt: stands ? null : Date.now(),
		});
		data.exchange.jobs.set(begun.id, begun);
		return begun;
	}

	return {
		list: os.list.handler(({ input }) => {
			if (held.failure !== null) throw new Failure(held.failure);
			return { datasets: input.deleted ? held.deleted : held.all };
		}),
		get: os.get.handler(({ input }) => ({
			dataset: dataset(input.id),
			versions: held.versions.map(({ version }) => version).filter(({ datasetId }) => datasetId === input.id),
		})),
		create: os.create.handler(unscripted),
		rename: os.rename.handler(unscripted),
		copy: os.copy.handler(unscripted),
		remove: os.remove.handler(({ input }) => {
			const gone = dataset(input.id);
			const deleted = { ...gone, deletedAt: Date.now() };
			held.all = held.all.filter(({ id }) => id !== input.id);
			held.deleted.push(deleted);
			return deleted;
		}),
		restore: os.restore.handler(unscripted),
		empty: os.empty.handler(unscripted),
		versions: {
			get: os.versions.get.handler(unscripted),
			draft: os.versions.draft.handler(unscripted),
			freeze: os.versions.freeze.handler(unscripted),
			discard: os.versions.discard.handler(unscripted),
			bringBack: os.versions.bringBack.handler(unscripted),
			remove: os.versions.remove.handler(unscripted),
			diff: os.versions.diff.handler(({ input }) => {
				const rows = diffRows(kept(input.fromVersionId).samples, kept(input.toVersionId).samples);
				const count = (kind: DiffRow['kind']) => rows.filter((row) => row.kind === kind).length;
				return {
					same: kept(input.toVersionId).samples.length - count('added') - count('changed') - count('moved'),
					added: count('added'),
					removed: count('removed'),
					changed: count('changed'),
					moved: count('moved'),
					looked: 1,
					rows: rows.slice(input.offset, input.offset + input.limit),
				};
			}),
		},
		samples: {
			list: os.samples.list.handler(({ input }) => {
				const all = found(input.versionId, input.filter);
				const rows = all.slice(input.offset, input.offset + input.limit).map(rowOf);
				return { rows, total: all.length, looked: 1, revision: kept(input.versionId).version.revision };
			}),
			get: os.samples.get.handler(
				({ input }) =>
					kept(input.versionId).samples.find(({ id }) => id === input.sampleId) ?? raise(unknown('sample')),
			),
			locate: os.samples.locate.handler(({ input }) => {
				const index = found(input.versionId, input.filter).findIndex(({ id }) => id === input.sampleId);
				return { index: index === -1 ? null : index };
			}),
			facets: os.samples.facets.handler(({ input }) => {
				const { samples } = kept(input.versionId);
				return {
					splits: counted(samples.map(({ split }) => split)).map(([split, count]) => ({ split, count })),
					tags: counted(samples.flatMap(({ tags }) => tags)).map(([tag, count]) => ({ tag, count })),
					variables: Object.keys(samples[0]?.variables ?? {}),
					withTarget: samples.filter(({ target }) => target !== null).length,
					withChoices: samples.filter(({ choices }) => choices !== null).length,
					tasks: [],
				};
			}),
			edit: os.samples.edit.handler(({ input }) => {
				const { samples } = newest(input.datasetId);
				const edited = samples.map((one) => (one.id === input.sampleId ? ({ ...one, ...input.edit } as Sample) : one));
				const sample = edited.find(({ id }) => id === input.sampleId) ?? raise(unknown('sample'));
				return { ...change(input.datasetId, edited, 1), sample };
			}),
			remove: os.samples.remove.handler(({ input }) => {
				const { selection } = input;
				const { samples } = newest(input.datasetId);
				const left = samples.filter(
					(one) => !('ids' in selection ? selection.ids.includes(one.id) : fits(one, selection.filter)),
				);
				return change(input.datasetId, left, samples.length - left.length);
			}),
			add: os.samples.add.handler(unscripted),
			tag: os.samples.tag.handler(unscripted),
			assignSplit: os.samples.assignSplit.handler(unscripted),
			randomSplit: os.samples.randomSplit.handler(unscripted),
			undo: os.samples.undo.handler(unscripted),
		},
		imports: {
			preview: os.imports.preview.handler(() => job('dataset-preview', 'tickets.csv', 160)),
			previewed: os.imports.previewed.handler(() => held.preview ?? raise(unknown('preview'))),
			reread: os.imports.reread.handler(({ input }) => {
				const preview = held.preview ?? raise(unknown('preview'));
				return { ...preview, mapping: input.mapping ?? preview.mapping };
			}),
			start: os.imports.start.handler(() => job('dataset-import', 'tickets.csv', 480_000)),
			report: os.imports.report.handler(() => {
				const [first] = held.all;
				if (first === undefined) throw unknown('dataset');
				return {
					dataset: first,
					version: first.latest,
					added: 160,
					duplicates: 0,
					renamed: 0,
					skipped: 0,
					problems: [],
					undoId: null,
					...held.imported,
				};
			}),
			discard: os.imports.discard.handler(() => ({})),
		},
		fromConversations: {
			message: os.fromConversations.message.handler(unscripted),
			feedback: os.fromConversations.feedback.handler(unscripted),
			of: os.fromConversations.of.handler(({ input }) => ({
				uses: held.uses.filter(({ messageId }) => input.messageIds.includes(messageId)),
			})),
		},
		checks: {
			start: os.checks.start.handler(() => job('dataset-check', 'Ticket triage', 160)),
			report: os.checks.report.handler(() => held.report ?? raise(unknown('report'))),
			removeDuplicates: os.checks.removeDuplicates.handler(unscripted),
			redact: os.checks.redact.handler(unscripted),
		},
		export: os.export.handler(unscripted),
		exported: os.exported.handler(unscripted),
	};
}

function raise(failure: Failure): never {
	throw failure;
}

function fits(sample: Sample, filter: SampleFilter): boolean {
	const text = `${JSON.stringify(sample.input)} ${sample.target ?? ''} ${sample.key}`.toLowerCase();
	return (
		(filter.text === undefined || text.includes(filter.text.toLowerCase())) &&
		(filter.splits === undefined || filter.splits.includes(sample.split)) &&
		(filter.tags === undefined || filter.tags.every((tag) => sample.tags.includes(tag))) &&
		(filter.ids === undefined || filter.ids.includes(sample.id)) &&
		(filter.target === undefined || (filter.target === 'none') === (sample.target === null))
	);
}

function lastInput({ input }: Sample): string {
	return typeof input === 'string' ? input : (input.findLast(({ role }) => role === 'user')?.content ?? '');
}

function rowOf(sample: Sample): SampleRow {
	const { id, key, input, target, choices, tags, split, source } = sample;
	return {
		id,
		key,
		tags,
		split,
		target,
		input: lastInput(sample).slice(0, 400),
		turns: typeof input === 'string' ? 1 : input.length,
		choices: choices?.length ?? 0,
		conversationId: source.kind === 'message' ? source.conversationId : null,
	};
}

function counted(values: readonly string[]): [value: string, count: number][] {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts].toSorted(([, a], [, b]) => b - a);
}

function diffRows(from: readonly Sample[], to: readonly Sample[]): DiffRow[] {
	const before = new Map(from.map((sample) => [sample.key, sample]));
	const after = new Map(to.map((sample) => [sample.key, sample]));
	const row = (kind: DiffRow['kind'], old: Sample | undefined, now: Sample | undefined): DiffRow => ({
		key: (now ?? old)?.key ?? '',
		kind,
		fromId: old?.id ?? null,
		toId: now?.id ?? null,
		fromSplit: old?.split ?? null,
		toSplit: now?.split ?? null,
		input: lastInput((now ?? old)!).slice(0, 400),
	});
	return [
		...to.flatMap((now) => {
			const old = before.get(now.key) ?? from.find(({ position }) => position === now.position);
			if (old === undefined) return [row('added', undefined, now)];
			return old.id === now.id ? [] : [row('changed', old, now)];
		}),
		...from
			.filter(({ key, position }) => !after.has(key) && !to.some((now) => now.position === position))
			.map((old) => row('removed', old, undefined)),
	];
}
