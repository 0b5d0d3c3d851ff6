import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import {
	formatBytes,
	formatConjunction,
	formatCount,
	formatDuration,
	formatFullTime,
	phraseSeparator,
} from '../../design/format.ts';
import { numberLocale } from '../../messages/page-locale.ts';
import { t } from '../../messages/t.ts';

/** Everything that determines the run's answers, and the computer that measured them. */
export function Conditions({ run }: { run: Run }) {
	const { manifest, conditions } = run;
	const facts: (readonly [string, string])[] = [
		[t('Dataset'), describeDataset(manifest.dataset)],
		[t('Dataset hash'), manifest.dataset.sha256.slice(0, 16)],
		...(manifest.marked === undefined
			? []
			: [
					[
						t('Outputs'),
						t('of run {runId}, {name}', { runId: manifest.marked.runId, name: manifest.marked.name }),
					] as const,
				]),
		...describeAdapterFiles(run),
		[t('Scorers'), run.scorers.join(', ')],
		[t('Epochs'), formatCount(manifest.epochs)],
		[t('Seed'), String(manifest.seed)],
		[
			t('Parallel samples'),
			[
				String(manifest.width),
				...(manifest.independent === true ? [t('independent of each other')] : []),
				t('in shards of {size}', { size: manifest.shardSize }),
			].join(phraseSeparator('comma')),
		],
		[
			t('Context'),
			t('{sizes} tokens per sample', {
				sizes: [...new Set(manifest.arms.map(({ contextSize }) => formatCount(contextSize)))].join(', '),
			}),
		],
		[t('Threads'), manifest.threads === 0 ? t('as many as cores') : String(manifest.threads)],
		[t('Engine'), manifest.engineBuild],
		...Object.entries(conditions).map(([key, value]) => [conditionName(key), conditionValue(key, value)] as const),
		[t('Started'), run.startedAt === null ? t('not yet') : formatFullTime(run.startedAt)],
		[
			t('Took'),
			run.startedAt === null || run.endedAt === null ? t('not finished') : formatDuration(run.endedAt - run.startedAt),
		],
		[t('Manifest'), run.manifestHash.slice(0, 16)],
	];
	return (
		<dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1 px-5 py-3 text-xs min-[1240px]:grid-cols-[max-content_minmax(0,1fr)_max-content_minmax(0,1fr)]">
			{facts.map(([name, value]) => (
				<div key={name} className="contents">
					<dt className="text-ink-3">{name}</dt>
					<dd className="[overflow-wrap:anywhere] tabular-nums">{value}</dd>
				</div>
			))}
		</dl>
	);
}

/** The adapters with the beginning of their hashes, each once. */
function describeAdapterFiles({ arms }: Run): readonly (readonly [string, string])[] {
	const used = arms.flatMap(({ adapters = [] }) =>
		adapters.map(({ name, sha256 }) => `${name} ${sha256.slice(0, 16)}`),
	);
	return used.length === 0 ? [] : [[t('LoRA adapters'), [...new Set(used)].join(phraseSeparator('comma'))]];
}

function describeDataset({ name, number, samples, split, tags }: Run['manifest']['dataset']): string {
	return [
		`${name} v${number}`,
		split === null
			? t('{samples, plural, one {# sample} other {# samples}}', { samples })
			: t('{samples, plural, one {# sample} other {# samples}} of {split}', { samples, split }),
		...(tags === undefined ? [] : [t('tagged {tags}', { tags: formatConjunction(tags) })]),
	].join(phraseSeparator('comma'));
}

/** Names of the conditions; what other versions noted is named by its key. */
const conditionNames: Readonly<Record<string, string>> = {
	processor: t('Processor'),
	cores: t('Cores'),
	memoryBytes: t('Memory'),
	load: t('Load', {}, 'of the computer'),
	gpu: t('GPU'),
	gpuLayers: t('GPU layers'),
	platform: t('Platform'),
	power: t('Power'),
};

function conditionName(key: string): string {
	const known = conditionNames[key];
	if (known !== undefined) return known;
	const words = key
		.replace(/Bytes$/, '')
		.replaceAll(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

function conditionValue(key: string, value: string | number): string {
	if (typeof value === 'string') return value;
	return key.toLowerCase().includes('bytes')
		? formatBytes(value)
		: value.toLocaleString(numberLocale(), { maximumFractionDigits: 2, useGrouping: false });
}
