import { Library } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { iconButtonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Popover } from '../../design/popover.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { choiceKey, useDocumentOptions } from './document-options.ts';
import { OptionList, optionId } from './option-list.tsx';
import { useDocumentChoices } from './use-document-choices.ts';

/** Next to the paperclip: gives the conversation a collection or a document. Typing # in the message does the same. */
export function DocumentsButton() {
	const { thread } = useServices();
	const [open, setOpen] = useState(false);
	const opening = useStore(thread.state, ({ status }) => status === 'loading' || status === 'failed');
	return (
		<Popover
			side="top"
			align="start"
			label={t('Use documents')}
			open={open}
			onOpenChange={(next) => setOpen(next && !opening)}
			width={320}
			trigger={
				<button
					type="button"
					data-documents
					aria-label={t('Use documents')}
					aria-disabled={opening || undefined}
					title={opening ? t('The conversation is still opening') : t('Use documents (#)')}
					className={iconButtonClass()}
				>
					<Icon of={Library} />
				</button>
			}
		>
			<Picker onClose={() => setOpen(false)} />
		</Popover>
	);
}

/** Opens the choice of documents for the composer on the screen. */
export function openDocumentChoice(): void {
	document.querySelector<HTMLElement>('[data-documents]')?.click();
}

function Picker({ onClose }: { onClose: () => void }) {
	const { chosen, add } = useDocumentChoices();
	const [text, setText] = useState('');
	const [at, setAt] = useState(0);
	const id = useId();
	const field = useRef<HTMLInputElement>(null);
	const taken = new Set(chosen.map(choiceKey));
	const options = useDocumentOptions(text)?.filter(({ choice }) => !taken.has(choiceKey(choice))) ?? null;
	const current = Math.min(at, Math.max(0, (options?.length ?? 0) - 1));
	const option = options?.[current];
	return (
		<div className="-m-2">
			<input
				ref={field}
				// biome-ignore lint/a11y/noAutofocus: the panel has just been opened to type here
				autoFocus
				role="combobox"
				aria-expanded={options !== null && options.length > 0}
				aria-controls={id}
				aria-activedescendant={option === undefined ? undefined : optionId(id, option)}
				aria-label={t('Find a collection or document')}
				placeholder={t('Find a collection or document')}
				value={text}
				onChange={(event) => {
					setText(event.target.value);
					setAt(0);
				}}
				onKeyDown={(event) => {
					const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
					if (step !== 0 && options !== null && options.length > 0) {
						event.preventDefault();
						setAt((current + step + options.length) % options.length);
					}
					if (event.key === 'Enter' && option !== undefined) {
						event.preventDefault();
						add(option);
						onClose();
					}
				}}
				className="h-8 w-full rounded-[6px] bg-transparent px-2 outline-none"
			/>
			{options === null ? (
				<p className="px-2 py-1.5 text-xs text-ink-3">{t('Looking…')}</p>
			) : options.length > 0 ? (
				<OptionList
					id={id}
					options={options}
					current={current}
					onChoose={(one) => {
						add(one);
						onClose();
					}}
				/>
			) : (
				<p className="px-2 py-1.5 text-xs text-pretty text-ink-2">
					{text === ''
						? t('A collection holds files that answers can use: notes, manuals, tables. Create one in Documents first.')
						: t('No collection or document has “{text}” in its name.', { text })}
				</p>
			)}
		</div>
	);
}
