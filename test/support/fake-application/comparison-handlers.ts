import type { Implementer } from '../../../electron/api/implementer.ts';
import { exportComparison } from '../../../electron/comparison/export.ts';
import { importedView, readExport } from '../../../electron/comparison/import.ts';
import { manifestOf } from '../../../electron/comparison/manifest.ts';
import { planPresets } from '../../../electron/comparison/presets.ts';
import { compareSideBySide } from '../../../electron/comparison/side-by-side.ts';
import type {
	Comparison,
	ComparisonEstimate,
	ComparisonPlan,
	ComparisonRow,
	ComparisonText,
} from '../../../electron/contract/comparison/schema.ts';
import { formatDuration } from '../../../electron/text/duration-words.ts';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { buildComparison } from '../fixtures/comparison.ts';
import type { FakeApplication } from './fake-application.ts';

/** Comparisons of the fake, newest first; it measures nothing. */
export interface FakeComparisons {
	all: Comparison[];
	texts: ComparisonText[];
	/** Files left out of a comparison. */
	left: Map<number, ComparisonRow>;
	/** If set, lists fail with it. */
	failure: FailureFacts | null;
}

/** The duration grows with the texts, the chunks and the files, as on a real computer. */
async function estimateFor(plan: ComparisonPlan): Promise<ComparisonEstimate> {
	const files = 1 + plan.candidateIds.length + plan.quantize.length;
	const each = plan.texts.length * (plan.chunks ?? 12) * 1.6 + plan.repetitions * 2 + (plan.felt ? 22 : 0);
	const seconds = Math.round(files * each);
	return {
		seconds,
		learned: true,
		words: `About ${formatDuration(seconds)}, learned from earlier comparisons on this computer.`,
	};
}

const kinds = ['code', 'dialogue', 'german', 'japanese', 'mathematics', 'prose', 'structured-data'];

export function fakeComparisons(): FakeComparisons {
	const folder = '/home/ada/.local/share/assay/texts';
	return {
		all: [],
		texts: kinds.map((category) => ({ category, path: `${folder}/${category}.txt`, sizeBytes: 16_000 })),
		failure: null,
		left: new Map(),
	};
}

export function comparisonHandlers(fake: FakeApplication, { comparisons }: Implementer) {
	const { data } = fake;
	const get = (id: number): Comparison => {
		const found = data.comparisons.all.find((one) => one.id === id);
		if (found === undefined) {
			throw new Failure({ code: 'comparison-unknown', message: `There is no comparison ${id}.`, next: [] });
		}
		return found;
	};
	const change = (id: number, changes: Partial<Comparison>): Comparison => {
		const changed = { ...get(id), ...changes };
		data.comparisons.all = data.comparisons.all.map((one) => (one.id === id ? changed : one));
		fake.emit({ type: 'comparison-changed', comparisonId: id });
		return changed;
	};
	return {
		list: comparisons.list.handler(() => {
			if (data.comparisons.failure !== null) throw new Failure(data.comparisons.failure);
			return { comparisons: data.comparisons.all.map((one) => ({ ...one, runId: one.run?.runId ?? null })) };
		}),
		get: comparisons.get.handler(({ input }) => get(input.id)),
		figures: comparisons.figures.handler(() => ({ files: data.library.figures })),
		texts: comparisons.texts.handler(() => ({ texts: data.comparisons.texts })),
		presets: comparisons.presets.handler(async ({ input }) => ({
			presets: [...(await planPresets(input, data.comparisons.texts, estimateFor))],
		})),
		estimate: comparisons.estimate.handler(({ input }) => estimateFor(input)),
		start: comparisons.start.handler(({ input }) => {
			const begun = started(fake.nextId(), input);
			data.comparisons.all.unshift(begun);
			return begun;
		}),
		pause: comparisons.pause.handler(({ input }) => change(input.id, { status: 'paused', doing: null })),
		resume: comparisons.resume.handler(({ input }) => change(input.id, { status: 'running', failure: null })),
		remove: comparisons.remove.handler(({ input }) => {
			get(input.id);
			data.comparisons.all = data.comparisons.all.filter(({ id }) => id !== input.id);
			fake.emit({ type: 'comparison-changed', comparisonId: input.id });
			return {};
		}),
		import: comparisons.import.handler(({ input }) => {
			const kept = importedView(fake.nextId(), readExport(input.text));
			data.comparisons.all.unshift(kept);
			return kept;
		}),
		room: comparisons.room.handler(() => ({
			texts: { chunks: 4, most: 31 },
			samples: { now: 120, most: 900, wanted: 480, datasetName: 'Support replies' },
		})),
		grow: comparisons.grow.handler(({ input }) => change(input.id, { status: 'running', doing: 'Starting' })),
		drop: comparisons.drop.handler(({ input: { id, candidateId, dropped } }) => {
			const { rows, dropped: before } = get(id);
			const row = data.comparisons.left.get(candidateId) ?? rows.find((one) => one.candidateId === candidateId)!;
			data.comparisons.left.set(candidateId, row);
			return change(id, {
				rows: dropped
					? rows.filter((one) => one !== row)
					: [...rows, row].toSorted((a, b) => a.candidateId - b.candidateId),
				dropped: [
					...before.filter((one) => one.candidateId !== candidateId),
					...(dropped ? [{ candidateId, name: row.name }] : []),
				],
			});
		}),
		again: comparisons.again.handler(({ input }) => {
			const begun = started(fake.nextId(), get(input.id).plan);
			data.comparisons.all.unshift(begun);
			return begun;
		}),
		manifest: comparisons.manifest.handler(({ input }) => manifestOf(get(input.id))),
		beside: comparisons.beside.handler(({ input }) => {
			const first = get(input.id);
			const partners = data.comparisons.all.filter(
				({ id, importedFrom }) => id !== input.id && (importedFrom !== null || first.importedFrom !== null),
			);
			const other = partners.find(({ id }) => id === input.otherId) ?? partners[0];
			return {
				partners: partners.map(({ id, title, importedFrom }) => ({ id, title, machine: importedFrom })),
				pair: other === undefined ? null : compareSideBySide(first, other),
			};
		}),
		export: comparisons.export.handler(({ input }) => exportComparison(get(input.id), input.format)),
	};
}

function started(id: number, plan: ComparisonPlan): Comparison {
	const files = 1 + plan.candidateIds.length + plan.quantize.length;
	return buildComparison(id, {
		title: `SmolLM2 135M Instruct, ${files} files`,
		plan,
		total: plan.quantize.length + files * (plan.texts.length + 1),
	});
}
