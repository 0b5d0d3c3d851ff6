import { useEffect, useState } from 'react';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { QuantizeType } from '../../models/contract/native/tasks.ts';
import { computeJobFraction, describeJobProgress, JobProgress } from '../app/job-progress.tsx';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { listQuantizationTypes, type QuantizationType } from './quantization-types.ts';
import { useQuantizedSizes } from './use-quantized-sizes.ts';

/** Sources of the importance matrix. */
const matrixSources = {
	none: { says: t('All weights are treated alike.'), label: '', example: '', missing: '' },
	text: {
		says: t(
			'The model first reads a text you choose, ideally 10,000 words or more, and preserves the weights that matter for it. The matrix is saved with the files.',
		),
		label: t('Text file'),
		example: '/home/me/notes.txt',
		missing: t('Enter the path of a text file'),
	},
	file: {
		says: t('A matrix written by llama-imatrix or Assay.'),
		label: t('Matrix file'),
		example: '/home/me/imatrix.gguf',
		missing: t('Enter the path of a matrix file'),
	},
} as const;

const pollMs = 300;

/** Quantises a model. The work continues after the dialog closes. */
export function QuantizeDialog({ model, onClose }: { model: ModelFile; onClose: () => void }) {
	const { connection, models, toasts } = useServices();
	// Types that would not make the file smaller are not offered: they would only lose quality.
	const [all, setAll] = useState(false);
	const sizes = useQuantizedSizes(model.id);
	const sizeOf = ({ type, bits }: Pick<QuantizationType, 'type' | 'bits'>): number =>
		sizes?.find((one) => one.type === type)?.sizeBytes ?? (model.parameters * bits) / 8;
	const isSmaller = (one: QuantizationType): boolean => sizeOf(one) < model.sizeBytes;
	const smaller = listQuantizationTypes(all).filter(isSmaller);
	const usual = smaller.find(({ type }) => type === 'Q4_K_M') ?? smaller[0];
	/** null: not edited, so the usual type is chosen. */
	const [edited, setEdited] = useState<ReadonlySet<QuantizeType> | null>(null);
	const chosen = edited ?? new Set(usual === undefined ? [] : [usual.type]);
	const types = smaller.flatMap(({ type }) => (chosen.has(type) ? [type] : []));
	const [guide, setGuide] = useState<'none' | 'text' | 'file'>('none');
	const [guidePath, setGuidePath] = useState('');
	const [job, setJob] = useState<Job | null>(null);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const running = job !== null && job.endedAt === null;
	const unnamed = guide !== 'none' && guidePath.trim() === '';
	const blocked =
		sizes === null
			? t('Working out the sizes')
			: types.length === 0
				? t('Choose a type')
				: unnamed
					? matrixSources[guide].missing
					: undefined;
	const requantised = !/^(F32|F16|BF16)$/.test(model.quantization);

	useEffect(() => {
		if (!running) return;
		const timer = setInterval(() => {
			connection.client.jobs.get({ jobId: job.id }).then(
				(now) => {
					setJob(now);
					if (now.state === 'failed') setFailure(now.failure);
					if (now.state !== 'done') return;
					toasts.show({ text: t('Quantised: {title}', { title: now.title }) });
					void models.refresh();
					onClose();
				},
				(error: unknown) => {
					// After a lost connection it is asked again; a restarted application does not know the job.
					if (isConnectionLoss(error)) return;
					setJob(null);
					setFailure(toFailure(error));
				},
			);
		}, pollMs);
		return () => clearInterval(timer);
	}, [running, job?.id, connection, models, toasts, onClose]);

	async function startQuantizing(): Promise<void> {
		setFailure(null);
		try {
			const path = guidePath.trim();
			const importance = { imatrix: guide === 'file' ? path : null, imatrixText: guide === 'text' ? path : null };
			setJob(await connection.client.making.make({ ...importance, types, id: model.id }));
		} catch (error) {
			setFailure(toFailure(error));
		}
	}

	function toggle(type: QuantizeType): void {
		const next = new Set(chosen);
		if (!next.delete(type)) next.add(type);
		setEdited(next);
	}

	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Quantise {name}', { name: model.name })}
			text={t('Writes smaller files from {quantization} ({size}) on this computer and adds them to your models.', {
				quantization: model.quantization,
				size: formatBytes(model.sizeBytes),
			})}
			width={520}
			tall={all}
			actions={
				running ? (
					<>
						<Button onClick={() => void connection.client.jobs.cancel({ jobId: job.id }).then(setJob)}>
							{t('Cancel')}
						</Button>
						<Button kind="primary" onClick={onClose}>
							{t('Run in background')}
						</Button>
					</>
				) : (
					<>
						<Button onClick={onClose}>{t('Cancel')}</Button>
						<Button kind="primary" blocked={blocked} onClick={() => void startQuantizing()}>
							{t('Quantise {files, plural, one {# file} other {# files}}', { files: types.length })}
						</Button>
					</>
				)
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				{running ? (
					<JobProgress name={job.title} fraction={computeJobFraction(job)} figures={describeJobProgress(job)} />
				) : (
					<>
						<fieldset>
							<legend className="mb-1 text-xs font-medium text-ink-2">{t('Types')}</legend>
							{smaller.length === 0 ? <p className="text-ink-2">{t('No type is smaller than this file.')}</p> : null}
							{smaller.map(({ type, bits, says }) => (
								<div key={type} className="flex h-7 items-center gap-1.5">
									<Checkbox label={type} checked={chosen.has(type)} onChange={() => toggle(type)} />
									<span aria-hidden className="w-20 font-mono text-xs" onClick={() => toggle(type)}>
										{type}
									</span>
									<span className="min-w-0 flex-1 truncate text-ink-2">{says}</span>
									<span className="font-mono text-xs text-ink-3 tabular-nums">
										{sizes === null ? '…' : t('about {size}', { size: formatBytes(sizeOf({ type, bits })) })}
									</span>
								</div>
							))}
							{all || listQuantizationTypes(true).filter(isSmaller).length === smaller.length ? null : (
								<Button kind="ghost" size="sm" className="-ml-2" onClick={() => setAll(true)}>
									{t('Show all {count} types', { count: listQuantizationTypes(true).filter(isSmaller).length })}
								</Button>
							)}
						</fieldset>
						<div className="flex flex-col gap-1.5">
							<span className="text-xs font-medium text-ink-2">{t('Importance matrix')}</span>
							<Segmented
								label={t('Importance matrix')}
								value={guide}
								onChange={setGuide}
								options={[
									{ value: 'none', label: t('None') },
									{ value: 'text', label: t('From a text') },
									{ value: 'file', label: t('From a file') },
								]}
							/>
							<p className="text-xs text-pretty text-ink-3">{matrixSources[guide].says}</p>
							{guide === 'none' ? null : (
								<TextField
									label={matrixSources[guide].label}
									placeholder={matrixSources[guide].example}
									value={guidePath}
									onChange={(event) => setGuidePath(event.target.value)}
								/>
							)}
						</div>
						{requantised ? (
							<p className="text-xs text-pretty text-warn">
								{t(
									'{quantization} is already quantised, so quality is lost a second time. Start from an F16 or BF16 file if you can.',
									{ quantization: model.quantization },
								)}
							</p>
						) : null}
					</>
				)}
				{failure === null ? null : <FailureCard title={t('Couldn’t quantise')} failure={failure} />}
			</div>
		</Dialog>
	);
}
