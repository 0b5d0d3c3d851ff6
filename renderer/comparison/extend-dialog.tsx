import { useState } from 'react';
import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { useQuery } from '../connection/use-query.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { NumberField } from '../design/number-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Extends a finished comparison to more samples or more chunks of its texts. */
export function ExtendDialog({ comparison, onClose }: { comparison: Comparison; onClose: () => void }) {
	const { comparisons } = useServices();
	const { id } = comparison;
	const { data: room, failure: unread } = useQuery(`${id}`, (client, signal) =>
		client.comparisons.room({ id }, { signal }),
	);
	// undefined: not edited, so the suggested value applies.
	const [typedSamples, setSamples] = useState<number | null>();
	const [typedChunks, setChunks] = useState<number | null>();
	const [refused, setRefused] = useState<FailureFacts | null>(null);
	const [busy, setBusy] = useState(false);
	const failure = unread ?? refused;
	const offeredChunks = room?.samples === null ? room.texts?.most : room?.texts?.chunks;
	const samples = (typedSamples === undefined ? room?.samples?.wanted : typedSamples) ?? null;
	const chunks = (typedChunks === undefined ? offeredChunks : typedChunks) ?? null;
	const more = {
		...(samples !== null && room?.samples && samples > room.samples.now ? { samples } : {}),
		...(chunks !== null && room?.texts && chunks > room.texts.chunks ? { chunks } : {}),
	};
	const none = room !== undefined && room.samples === null && room.texts === null;
	const blocked =
		room === undefined
			? t('Looking for more samples and text')
			: none
				? t('All samples and text are measured')
				: Object.keys(more).length === 0
					? t('Increase a number')
					: undefined;
	async function grow(): Promise<void> {
		setBusy(true);
		try {
			await comparisons.grow({ ...more, id });
			onClose();
		} catch (error) {
			setRefused(toFailure(error));
			setBusy(false);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Add samples or text')}
			text={t(
				'Measures every file on more samples or text. The present figures stay until all files have the new ones. Speeds are not measured again.',
			)}
			width={480}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button kind="primary" blocked={blocked} busy={busy ? t('Starting') : undefined} onClick={() => void grow()}>
						{t('Measure')}
					</Button>
				</>
			}
		>
			<div className="mt-4 flex min-h-16 flex-col gap-4">
				{none ? (
					<p className="text-pretty text-ink-2">
						{t(
							'All samples and texts are measured. Add samples under Datasets, or start a comparison with another text.',
						)}
					</p>
				) : null}
				{room?.samples ? (
					<div>
						<NumberField
							label={t('Samples of {datasetName}', { datasetName: room.samples.datasetName })}
							value={samples}
							onChange={setSamples}
							min={room.samples.now}
							max={room.samples.most}
						/>
						<p className="mt-1 text-xs text-ink-2">
							{t('{now} now, {most} in the dataset. Four times as many samples show a difference half as large.', {
								now: formatCount(room.samples.now),
								most: formatCount(room.samples.most),
							})}
						</p>
					</div>
				) : null}
				{room?.texts ? (
					<div>
						<NumberField
							label={t('Chunks of {contextSize} tokens of each text', {
								contextSize: formatCount(comparison.plan.contextSize),
							})}
							value={chunks}
							onChange={setChunks}
							min={room.texts.chunks}
							max={room.texts.most}
						/>
						<p className="mt-1 text-xs text-ink-2">
							{t('{chunks} now, {most, plural, one {# chunk} other {# chunks}} in the longest text.', {
								chunks: formatCount(room.texts.chunks),
								most: room.texts.most,
							})}
						</p>
					</div>
				) : null}
				{failure === null ? null : <FailureCard title={t('Couldn’t start')} failure={failure} />}
			</div>
		</Dialog>
	);
}
