import { useEffect } from 'react';
import { useStore } from 'zustand';
import { ChoiceMenu } from '../../design/field/choice-menu.tsx';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { formatGigabytes, formatMemorySize } from '../fit/fit-words.ts';
import { contextSizes } from '../fit/fits.ts';

/** What there is for models, what runs them, and which context the badges assume. */
export function MemoryLine() {
	const { models } = useServices();
	const memory = useStore(models.fits.state, (state) => state.memory);
	const devices = useStore(models.fits.state, (state) => state.devices);
	const contextSize = useStore(models.fits.state, (state) => state.contextSize);
	useEffect(() => void models.fits.lookAtDevices(), [models]);
	const gpus =
		devices?.filter(({ kind, absent }) => kind !== 'cpu' && absent === undefined).map(({ name }) => name) ?? [];
	return (
		<section aria-label="Memory" className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
			<p className="min-h-7.5 flex-1 basis-80 content-center">
				{memory === null ? null : (
					<>
						<b className="font-semibold tabular-nums">{formatGigabytes(memory.freeBytes)}</b> of{' '}
						{formatMemorySize(memory.totalBytes)} is free for models.{' '}
						{gpus.length > 0
							? `The engine also reports ${gpus.join(', ')}.`
							: devices === null
								? 'The processor runs them.'
								: 'The processor runs them; no GPU was found.'}
					</>
				)}
			</p>
			<div className="flex items-center gap-2 text-ink-2">
				Badges assume a context of
				<ChoiceMenu
					label="Context that the badges assume"
					value={String(contextSize)}
					options={contextSizes.map((size) => ({ value: String(size), words: formatCount(size) }))}
					onChange={(size) => models.fits.setContext(Number(size))}
				/>
			</div>
		</section>
	);
}
