import type { Divergence, FileFigures, MeasuredAccuracy } from '../../electron/contract/comparison/file-figures.ts';
import type { Fit } from '../../electron/contract/library/fit.ts';
import { groupModels, type ModelGroup } from '../../electron/contract/library/model-groups.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { baseName } from './broken-cause.ts';
import { filterModels } from './filter-models.ts';

/** What the list can be sorted by. */
export type SortColumn = 'name' | 'size' | 'needs' | 'divergence' | 'accuracy' | 'speed';

export interface Sorting {
	readonly column: SortColumn;
	readonly descending: boolean;
}

export type Figures = Readonly<Record<number, FileFigures>>;

/** The figures of one file that can be compared with those of the other files of its model. */
export interface ComparableFigures {
	readonly divergence: Divergence | null;
	readonly accuracy: MeasuredAccuracy | null;
	readonly speed: Speed | null;
}

/** Tokens per second, from a comparison or from the last load. */
export interface Speed {
	readonly tokensPerSecond: number;
	/** null: one measurement. */
	readonly sd: number | null;
	/** The computer was busy meanwhile, so it may be faster. */
	readonly disturbed: boolean;
	/** null: measured when the model was loaded. */
	readonly comparisonId: number | null;
}

/** One row of the tree. */
export type TreeRow =
	| { readonly kind: 'group'; readonly group: ModelGroup; readonly open: boolean; readonly ofFiles: number }
	| {
			readonly kind: 'file';
			readonly file: ModelFile;
			/** The model's only file: a row of its own. */
			readonly alone: boolean;
			readonly group: ModelGroup;
			readonly figures: ComparableFigures;
			readonly position: number;
			readonly of: number;
	  }
	| { readonly kind: 'sum'; readonly file: ModelFile }
	| { readonly kind: 'attention'; readonly count: number; readonly open: boolean }
	| { readonly kind: 'broken'; readonly file: ModelFile; readonly position: number; readonly of: number };

/** Identifies a row. */
export function rowKey(row: TreeRow): string {
	switch (row.kind) {
		case 'group':
			return `group-${row.group.key}`;
		case 'file':
			return `file-${row.file.id}`;
		case 'sum':
			return `sum-${row.file.id}`;
		case 'attention':
			return 'attention';
		case 'broken':
			return `file-${row.file.id}`;
	}
}

/** Returns what most of these have in common; of equals the first. */
function mostShared<T>(values: readonly T[], keyOf: (value: T) => string): string | null {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
	const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
	return most?.[0] ?? null;
}

const referenceKey = ({ referenceId }: Divergence): string => String(referenceId);
const taskKey = ({ datasetName, versionNumber, scorer }: MeasuredAccuracy): string =>
	JSON.stringify([datasetName, versionNumber, scorer]);

function speedOf(file: ModelFile, figures: FileFigures | undefined): Speed | null {
	const measured = figures?.speed;
	if (measured != null && !(measured.varied && file.tokensPerSecond !== null && !file.speedUnderLoad)) {
		const { tokensPerSecond, sd, varied, comparisonId } = measured;
		return { tokensPerSecond, sd, disturbed: varied, comparisonId };
	}
	if (file.tokensPerSecond === null) return null;
	return {
		tokensPerSecond: file.tokensPerSecond,
		sd: null,
		disturbed: file.speedUnderLoad,
		comparisonId: null,
	};
}

/**
 * Chooses the figures that files of one model can be compared by: divergences from the same reference and accuracies on
 * the same dataset, those that most of the files have.
 */
export function comparableFigures(
	files: readonly ModelFile[],
	figures: Figures,
): (file: ModelFile) => ComparableFigures {
	const known = files.flatMap(({ id }) => figures[id] ?? []);
	const reference = mostShared(
		known.flatMap(({ divergences }) => divergences),
		referenceKey,
	);
	const task = mostShared(
		known.flatMap(({ accuracies }) => accuracies),
		taskKey,
	);
	return (file) => {
		const own = figures[file.id];
		return {
			divergence: own?.divergences.find((one) => referenceKey(one) === reference) ?? null,
			accuracy: own?.accuracies.find((one) => taskKey(one) === task) ?? null,
			speed: speedOf(file, own),
		};
	};
}

function sortValueOf(
	column: Exclude<SortColumn, 'name'>,
	file: ModelFile,
	figures: ComparableFigures,
	fits: Readonly<Record<number, Fit>>,
): number | null {
	switch (column) {
		case 'size':
			return file.sizeBytes;
		case 'needs':
			return fits[file.id]?.needBytes ?? null;
		case 'divergence':
			return figures.divergence?.value ?? null;
		case 'accuracy':
			return figures.accuracy?.value ?? null;
		case 'speed':
			return figures.speed?.tokensPerSecond ?? null;
	}
}

/** Compares by value; what has none comes last in both directions. */
function compareValues(a: number | null, b: number | null, descending: boolean): number {
	if (a === null || b === null) return Number(a === null) - Number(b === null);
	return descending ? b - a : a - b;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Libraries of up to this many files start with every model open. */
const fewFiles = 12;

/** Input of the tree. */
export interface TreeInput {
	readonly files: readonly ModelFile[];
	readonly figures: Figures;
	readonly fits: Readonly<Record<number, Fit>>;
	readonly filter: string;
	readonly sorting: Sorting;
	/** Groups that the user opened or closed, by key; the others start as `isOpenAtFirst` says. */
	readonly opened: Readonly<Record<string, boolean>>;
	/** The file whose memory breakdown is open. */
	readonly sum: number | null;
}

/** Builds the rows that are visible: models, their files if open, and what needs attention at the end. Adapters have their own list. */
export function buildTree({ files, figures, fits, filter, sorting, opened, sum }: TreeInput): readonly TreeRow[] {
	const usable = files.filter(({ kind, problem }) => problem === null && kind !== 'adapter');
	const broken = filterModels(
		files.filter(({ problem }) => problem !== null),
		filter,
	);
	const filtered = filter.trim() !== '';
	const shown = new Set(filterModels(usable, filter).map(({ id }) => id));
	const { column, descending } = sorting;
	const models = groupModels(usable).flatMap((group) => {
		const all = [...group.files, ...group.parts];
		const matching = all.filter(({ id }) => shown.has(id));
		if (matching.length === 0) return [];
		const figuresOf = comparableFigures(group.files, figures);
		const rows = matching.map((file) => ({ file, figures: figuresOf(file) }));
		if (column !== 'name') {
			const value = (row: (typeof rows)[number]) => sortValueOf(column, row.file, row.figures, fits);
			rows.sort((a, b) => compareValues(value(a), value(b), descending));
			return [{ group, rows, all, value: rows[0] === undefined ? null : value(rows[0]) }];
		}
		return [{ group, rows, all, value: null }];
	});
	models.sort((a, b) => {
		const names = byName.compare(a.group.name, b.group.name);
		if (column === 'name') return descending ? -names : names;
		return compareValues(a.value, b.value, descending) || names;
	});
	const tree: TreeRow[] = [];
	for (const { group, rows, all } of models) {
		const alone = all.length === 1;
		const isOpen = filtered || (opened[group.key] ?? (files.length <= fewFiles || all.some((file) => file.default)));
		if (!alone) tree.push({ kind: 'group', group, open: isOpen, ofFiles: rows.length });
		if (!alone && !isOpen) continue;
		for (const [index, row] of rows.entries()) {
			tree.push({ kind: 'file', alone, group, position: index + 1, of: rows.length, ...row });
			if (row.file.id === sum) tree.push({ kind: 'sum', file: row.file });
		}
	}
	if (broken.length === 0) return tree;
	const isOpen = filtered || (opened.attention ?? false);
	tree.push({ kind: 'attention', count: broken.length, open: isOpen });
	if (isOpen) {
		for (const [index, file] of broken.entries()) {
			tree.push({ kind: 'broken', file, position: index + 1, of: broken.length });
		}
	}
	return tree;
}

/** Returns the model that a file belongs to: its group among the usable files, or the file alone. */
export function groupOf(files: readonly ModelFile[], file: ModelFile): ModelGroup {
	const usable = files.filter(({ problem }) => problem === null);
	const found = groupModels(usable).find((group) => [...group.files, ...group.parts].some(({ id }) => id === file.id));
	return found ?? { key: String(file.id), name: file.name, files: [file], parts: [] };
}

/** Returns what tells a file from others of its model with the same quantisation; null: there are none. */
export function distinguish(file: ModelFile, { files }: Pick<ModelGroup, 'files'>): string | null {
	const alike = files.filter(({ quantization }) => quantization === file.quantization);
	if (alike.length < 2) return null;
	const differs = alike.filter(({ ownName }) => ownName === file.ownName).length === 1;
	return differs ? file.ownName : baseName(file.path);
}

/** Names a file among those of its model: by its quantisation, and by more if another has the same. */
export function describeInGroup(file: ModelFile, group: ModelGroup): string {
	if (group.parts.includes(file)) return file.name;
	const more = distinguish(file, group);
	return more === null ? file.quantization : `${file.quantization} · ${more}`;
}

/** Counts the models that can be used, however many files they have. */
export function countModels(files: readonly ModelFile[]): number {
	return groupModels(files.filter(({ kind, problem }) => problem === null && kind !== 'adapter')).length;
}

/** Formats the sizes of files as a range in one unit: "88.2–271 MB", "98.4 MB". */
export function formatSizeRange(files: readonly ModelFile[], format: (bytes: number) => string): string {
	const sizes = files.map(({ sizeBytes }) => sizeBytes);
	const [low = '', high = ''] = [format(Math.min(...sizes)), format(Math.max(...sizes))];
	if (low === high) return low;
	const [number = '', unit = ''] = low.split(' ');
	return high.endsWith(` ${unit}`) ? `${number}–${high}` : `${low} – ${high}`;
}
