import { basename } from 'node:path';
import type { FileFigures } from '../../../contract/comparison/file-figures.ts';
import { groupModels, type ModelGroup } from '../../../contract/library/model-groups.ts';
import { describeQuality } from '../../../contract/library/quality.ts';
import type { ModelFile } from '../../../contract/library/schema.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import { counted, table } from '../table.ts';

/** Returns a model as `--json` prints it. */
export function modelRow(model: ModelFile): object {
	const { id, name, ownName, path, sizeBytes, sha256, architecture, parameters, quantization, contextLength } = model;
	return {
		id,
		name,
		ownName,
		path,
		sizeBytes,
		sha256,
		architecture,
		parameters,
		quantization,
		contextLength,
		default: model.default,
		chat: model.chat,
		kind: model.kind,
		parts: model.parts,
		license: model.license,
		source: model.source,
		copies: model.copies.map((copy) => copy.path),
		tokensPerSecond: model.tokensPerSecond,
		speedUnderLoad: model.speedUnderLoad,
		problem: model.problem,
	};
}

/** "SmolLM2 135M Instruct · 6 files · default Q4_K_M · 88.2 MB to 271 MB" */
function heading({ name, files, parts }: ModelGroup): string {
	const sizes = [files[0], files.at(-1)].map((file) => formatBytes(file?.sizeBytes ?? 0));
	const standard = files.find((file) => file.default);
	return [
		name,
		counted(files.length + parts.length, 'file'),
		...(standard === undefined ? [] : [`default ${standard.quantization}`]),
		[...new Set(sizes)].join(' to '),
	].join(' · ');
}

/** 95 % of a normal distribution lie within this many standard errors. */
const z95 = 1.96;

function divergenceText(figures: FileFigures | undefined, id: number): string {
	const [newest] = figures?.divergences ?? [];
	if (newest === undefined) return '';
	if (newest.referenceId === id) return 'reference';
	return `${newest.value.toFixed(3)} ±${(z95 * newest.standardError).toFixed(3)}`;
}

function accuracyText(figures: FileFigures | undefined): string {
	const [newest] = figures?.accuracies ?? [];
	return newest === undefined ? '' : `${(100 * newest.value).toFixed(1)} % (${newest.datasetName}, n = ${newest.n})`;
}

function speedText({ tokensPerSecond, speedUnderLoad }: ModelFile): string {
	if (tokensPerSecond === null) return '';
	return `${tokensPerSecond.toFixed(1)} tok/s${speedUnderLoad ? ', computer was busy' : ''}`;
}

/** Lists models with their files, smallest first, and what needs attention at the end. */
export function modelTable(models: readonly ModelFile[], figures: readonly FileFigures[] = []): string {
	const groups = groupModels(models.filter(({ problem }) => problem === null)).toSorted((a, b) =>
		a.name.localeCompare(b.name, 'en', { numeric: true }),
	);
	const files = groups.flatMap((group) => [...group.files, ...group.parts]);
	const figuresOf = (id: number) => figures.find(({ modelFileId }) => modelFileId === id);
	const columns: readonly (readonly [string, (file: ModelFile) => string])[] = [
		['', (file) => (file.default ? '*' : '')],
		['ID', ({ id }) => String(id)],
		['QUANT', ({ quantization, kind }) => (kind === 'model' ? quantization : `${quantization} (${kind})`)],
		['QUALITY', ({ quantization }) => describeQuality(quantization) ?? ''],
		['SIZE', ({ sizeBytes }) => formatBytes(sizeBytes)],
		['CONTEXT', ({ contextLength }) => (contextLength === null ? '?' : String(contextLength))],
		['KL DIVERGENCE', ({ id }) => divergenceText(figuresOf(id), id)],
		['ACCURACY', ({ id }) => accuracyText(figuresOf(id))],
		['SPEED', speedText],
		['PATH', ({ path }) => path],
	];
	// Figures have a column only if there are any.
	const shown = columns.filter(([head, read]) => head === '' || files.some((file) => read(file) !== ''));
	const [head = '', ...lines] = table(
		shown.map(([name]) => name),
		files.map((file) => shown.map(([, read]) => read(file))),
	).split('\n');
	const text = files.length === 0 ? [] : [head];
	for (const group of groups) {
		text.push('', heading(group), ...lines.splice(0, group.files.length + group.parts.length));
	}
	const broken = models.filter(({ problem }) => problem !== null);
	if (broken.length > 0) {
		const rows = broken.map(({ id, path, problem }) => ['!', String(id), basename(path), problem?.message ?? '']);
		const [, ...causes] = table(['', 'ID', 'FILE', 'CAUSE'], rows).split('\n');
		text.push('', `${broken.length} ${broken.length === 1 ? 'needs' : 'need'} attention`, ...causes);
	}
	return text.join('\n').trimStart();
}
