import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { Fragment, useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../design/icon.tsx';
import { Kbd } from '../design/kbd.tsx';
import { t, translate } from '../messages/t.ts';
import { HighlightedText } from '../search/highlighted-text.tsx';
import { useServices } from '../services.ts';
import { type PaletteEntry, usePaletteEntries } from './command-palette-entries.ts';
import { runWithFocus } from './focus-main.ts';

/** The command palette (Ctrl K): finds everything by name. */
export function CommandPalette() {
	const { layout } = useServices();
	const open = useStore(layout.state, (state) => state.palette);
	const close = () => layout.set({ palette: false });
	return (
		<Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : close())}>
			<Dialog.Portal>
				<Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--base) data-ending-style:opacity-0 data-starting-style:opacity-0" />
				<Dialog.Popup
					aria-label={t('Command palette')}
					className="scaled fixed top-[calc(0.14*var(--window-height))] left-1/2 z-50 w-[560px] max-w-[calc(var(--window-width)-32px)] -translate-x-1/2 overflow-hidden rounded-xl bg-raised shadow-dialog outline-none transition-opacity duration-(--base) data-ending-style:opacity-0 data-starting-style:opacity-0"
				>
					<PaletteBody close={close} />
				</Dialog.Popup>
			</Dialog.Portal>
		</Dialog.Root>
	);
}

function PaletteBody({ close }: { close: () => void }) {
	const services = useServices();
	const [query, setQuery] = useState('');
	const [at, setAt] = useState(0);
	const id = useId();
	const entries = usePaletteEntries(query);
	const chosen = Math.min(at, entries.length - 1);
	const list = useRef<HTMLDivElement>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the chosen row is found by its mark
	useEffect(() => {
		list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
	}, [chosen]);
	function run(entry: PaletteEntry | undefined): void {
		if (entry === undefined) return;
		close();
		// Run after the dialog has returned the focus, so that the command can move it.
		setTimeout(() => runWithFocus(services, entry.run), 0);
	}
	return (
		<>
			<div className="flex h-[46px] items-center gap-2.5 border-b border-line px-4">
				<Icon of={Search} className="text-ink-3" />
				<input
					role="combobox"
					aria-expanded
					aria-controls={id}
					aria-activedescendant={entries[chosen] ? `${id}-${entries[chosen].id}` : undefined}
					aria-label={t('Command, conversation, model …')}
					placeholder={t('Command, conversation, model …')}
					value={query}
					autoComplete="off"
					spellCheck={false}
					onChange={(event) => {
						setQuery(event.target.value);
						setAt(0);
					}}
					onKeyDown={(event) => {
						const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
						if (step !== 0 && entries.length > 0) {
							event.preventDefault();
							setAt((chosen + step + entries.length) % entries.length);
						} else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
							event.preventDefault();
							run(entries[chosen]);
						}
					}}
					className="min-w-0 flex-1 bg-transparent text-md outline-none"
				/>
				<Kbd>Esc</Kbd>
			</div>
			<div
				ref={list}
				id={id}
				role="listbox"
				aria-label={t('Results')}
				className="max-h-[calc(0.46*var(--window-height))] overflow-y-auto pb-1.5"
			>
				{entries.map((entry, index) => (
					<Fragment key={entry.id}>
						{entries[index - 1]?.group === entry.group ? null : (
							<p role="presentation" className="px-4 pt-2 pb-0.5 text-2xs font-medium text-ink-3">
								{translate(entry.group)}
							</p>
						)}
						<PaletteRow
							id={`${id}-${entry.id}`}
							entry={entry}
							chosen={index === chosen}
							onPoint={() => setAt(index)}
							onRun={() => run(entry)}
						/>
					</Fragment>
				))}
				{entries.length === 0 ? <p className="px-4 py-3 text-ink-2">{t('No results')}</p> : null}
			</div>
			<div className="flex h-8.5 items-center gap-3.5 border-t border-line px-4 text-xs text-ink-3">
				<span>{t('Up, Down to move')}</span>
				<span>{t('Enter to run')}</span>
				<span className="flex-1" />
				<span>{t('Commands, settings and everything by name')}</span>
			</div>
		</>
	);
}

function PaletteRow({
	id,
	entry,
	chosen,
	onPoint,
	onRun,
}: {
	id: string;
	entry: PaletteEntry;
	chosen: boolean;
	onPoint: () => void;
	onRun: () => void;
}) {
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the field, which keeps the focus
		<div
			id={id}
			role="option"
			aria-selected={chosen}
			tabIndex={-1}
			onMouseMove={onPoint}
			onClick={onRun}
			className="mx-1.5 flex h-8.5 items-center gap-2.5 rounded-md px-2.5 aria-selected:bg-selected"
		>
			<Icon of={entry.icon} className="text-ink-3" />
			<span className="max-w-[60%] flex-none truncate">
				<HighlightedText text={entry.label} />
			</span>
			<span className="min-w-0 flex-1 truncate text-ink-3">
				<HighlightedText text={entry.detail ?? ''} />
			</span>
			{entry.keys ? <Kbd>{entry.keys}</Kbd> : null}
		</div>
	);
}
