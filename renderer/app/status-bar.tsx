import { ArrowDownToLine, Globe, GraduationCap, Lock, type LucideIcon, Scale } from 'lucide-react';
import { useStore } from 'zustand';
import { openTraining } from '../adaptation/training-commands.ts';
import { DatasetJobStatus } from '../dataset/job-status.tsx';
import { formatBytes, formatBytesPerSecond, formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { StatusBarRun } from '../evaluation/status-bar-run.tsx';
import { JobStatus } from '../import-export/job-status.tsx';
import { formatEngineName } from '../library/model-name.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useShownToasts } from './toast-list.tsx';
import { useWindowWidth } from './use-window-width.ts';

/** Network and running work on the left; the loaded models, their memory and the engine on the right. */
export function StatusBar() {
	const services = useServices();
	const wide = useWindowWidth() === 'wide';
	// They stand in place of what is said of the model.
	const hasToasts = useShownToasts(services).length > 0;
	return (
		<footer
			data-region
			className="flex h-(--statusbar) items-center gap-3.5 self-end px-2 text-2xs whitespace-nowrap text-ink-2 tabular-nums [grid-area:status]"
		>
			<NetworkState />
			<RunningDownloads />
			<StatusBarRun className={entry} />
			<RunningComparison />
			<RunningTraining />
			<JobStatus className={entry} />
			<DatasetJobStatus className={entry} />
			<span className="flex-1" />
			{hasToasts ? null : (
				<>
					<LoadedModel wide={wide} />
					{wide ? <Engine /> : null}
				</>
			)}
		</footer>
	);
}

const entry =
	'inline-flex h-5.5 items-center gap-[5px] rounded-sm px-1.5 hover:bg-hover focus-visible:outline-offset-0';

function NetworkState() {
	const { layout, settings } = useServices();
	const blocked = useStore(settings.state, ({ networkBlocked }) => networkBlocked);
	return (
		<button type="button" className={entry} onClick={() => layout.go({ section: 'activity', part: 'network' })}>
			<Icon of={blocked ? Lock : Globe} size={12} />
			{blocked ? t('Network blocked') : t('Network: on demand')}
		</button>
	);
}

function RunningDownloads() {
	const { layout, models } = useServices();
	const running = useStore(
		models.state,
		({ downloads }) => downloads.filter(({ state }) => state === 'running').length,
	);
	const speed = useStore(models.state, ({ downloads }) =>
		downloads.reduce((sum, one) => sum + (one.state === 'running' ? (one.bytesPerSecond ?? 0) : 0), 0),
	);
	if (running === 0) return null;
	return (
		<button type="button" className={`${entry} text-accent-ink`} onClick={() => layout.go({ section: 'models' })}>
			<Icon of={ArrowDownToLine} size={12} />
			{speed > 0
				? t('{running, plural, one {# download} other {# downloads}}, {speed}', {
						running,
						speed: formatBytesPerSecond(speed),
					})
				: t('{running, plural, one {# download} other {# downloads}}', { running })}
		</button>
	);
}

/** A comparison under way, with a link to it. */
function RunningComparison() {
	const { comparisons, layout } = useServices();
	const one = useStore(comparisons.state, (state) => state.comparisons.find(({ status }) => status === 'running'));
	if (one === undefined) return null;
	function open(id: number): void {
		layout.go({ section: 'compare' });
		void comparisons.choose(id);
	}
	return (
		<Work
			icon={Scale}
			name={one.title}
			share={one.total === 0 ? null : one.done / one.total}
			onOpen={() => open(one.id)}
		/>
	);
}

/** A training under way, with a link to it. */
function RunningTraining() {
	const services = useServices();
	const run = useStore(services.trainings.state, ({ runs }) => runs.find(({ status }) => status === 'running'));
	if (run === undefined) return null;
	const { step, steps } = run.progress;
	return (
		<Work
			icon={GraduationCap}
			name={run.name}
			share={steps === 0 ? null : step / steps}
			onOpen={() => openTraining(services, run.id)}
		/>
	);
}

function Work({
	icon,
	name,
	share,
	onOpen,
}: {
	icon: LucideIcon;
	name: string;
	share: number | null;
	onOpen: () => void;
}) {
	return (
		<button type="button" className={`${entry} min-w-0 text-accent-ink`} onClick={onOpen}>
			<Icon of={icon} size={12} />
			<span className="max-w-72 truncate">{name}</span>
			{share === null ? null : <span>{formatPercent(share)}</span>}
		</button>
	);
}

function LoadedModel({ wide }: { wide: boolean }) {
	const { models } = useServices();
	const text = useStore(models.state, ({ models: files, states }) => {
		const loaded = Object.values(states).filter((one) => one.state === 'loaded');
		const [first] = loaded;
		if (first === undefined) return t('No model loaded');
		const memory = formatBytes(loaded.reduce((sum, one) => sum + one.residentBytes, 0));
		const file = files.find(({ id }) => id === first.modelFileId);
		const name =
			loaded.length > 1
				? t('{models, plural, one {# model} other {# models}}', { models: loaded.length })
				: `${file?.name ?? t('Model')} ${file?.quantization ?? ''}`;
		return wide
			? [
					name,
					t('{threads, plural, one {# thread} other {# threads}}', { threads: first.capabilities.threads }),
					memory,
				].join('\n')
			: memory;
	});
	return (
		<>
			{text.split('\n').map((part) => (
				<span key={part}>{part}</span>
			))}
		</>
	);
}

function Engine() {
	const { status, models } = useServices();
	const usual = useStore(status, (now) => now?.engineBuild ?? '');
	// The engine of a loaded model may be another one.
	const other = useStore(models.state, ({ states }) =>
		Object.values(states).find((one) => one.state === 'loaded' && one.capabilities.engine === 'node-llama-cpp'),
	);
	const capabilities = other?.state === 'loaded' ? other.capabilities : null;
	const build = capabilities?.engineBuild ?? usual;
	const reason = capabilities === null ? [] : [capabilities.engineFailure?.message ?? t('Set in the load settings.')];
	return build === '' ? null : (
		<span className="pr-1.5" title={[build, ...reason].join('. ')}>
			{formatEngineName(build)}
		</span>
	);
}
