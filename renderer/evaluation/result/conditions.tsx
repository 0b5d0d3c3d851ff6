import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { formatBytes, formatCount, formatDuration, formatFullTime } from '../../design/format.ts';

/** Everything that determines the run's answers, and the computer that measured them. */
export function Conditions({ run }: { run: Run }) {
	const { manifest, conditions } = run;
	const facts: (readonly [string, string])[] = [
		[
			'Dataset',
			`${manifest.dataset.name} v${manifest.dataset.number}, ${formatCount(manifest.dataset.samples)} samples${manifest.dataset.split === null ? '' : ` of ${manifest.dataset.split}`}${manifest.dataset.tags === undefined ? '' : `, tagged ${manifest.dataset.tags.join(' and ')}`}`,
		],
		['Dataset hash', manifest.dataset.sha256.slice(0, 16)],
		...(manifest.marked === undefined
			? []
			: [['Outputs', `of run ${manifest.marked.runId}, ${manifest.marked.name}`] as const]),
		['Scorers', run.scorers.join(', ')],
		['Epochs', formatCount(manifest.epochs)],
		['Seed', String(manifest.seed)],
		[
			'Parallel samples',
			`${manifest.width}${manifest.independent === true ? ', independent of each other' : ''}, in shards of ${manifest.shardSize}`,
		],
		[
			'Context',
			`${[...new Set(manifest.arms.map(({ contextSize }) => formatCount(contextSize)))].join(', ')} tokens a row`,
		],
		['Threads', manifest.threads === 0 ? 'as many as cores' : String(manifest.threads)],
		['Engine', manifest.engineBuild],
		...Object.entries(conditions).map(([key, value]) => [conditionName(key), conditionValue(key, value)] as const),
		['Started', run.startedAt === null ? 'not yet' : formatFullTime(run.startedAt)],
		[
			'Took',
			run.startedAt === null || run.endedAt === null ? 'not finished' : formatDuration(run.endedAt - run.startedAt),
		],
		['Manifest', run.manifestHash.slice(0, 16)],
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

function conditionName(key: string): string {
	const words = key
		.replace(/Bytes$/, '')
		.replaceAll(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

function conditionValue(key: string, value: string | number): string {
	if (typeof value === 'string') return value;
	return key.toLowerCase().includes('bytes') ? formatBytes(value) : String(Math.round(value * 100) / 100);
}
