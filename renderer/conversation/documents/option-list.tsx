import { FileText, Library } from 'lucide-react';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { choiceKey, type DocumentOption } from './document-options.ts';

/** Id of an option's element, for `aria-activedescendant`. */
export function optionId(list: string, option: DocumentOption): string {
	return `${list}-${choiceKey(option.choice)}`;
}

/** Collections and documents to choose from; the keyboard stays in the field that filters them. */
export function OptionList({
	id,
	options,
	current,
	onChoose,
}: {
	id: string;
	options: readonly DocumentOption[];
	/** Index of the option that Enter chooses. */
	current: number;
	onChoose: (option: DocumentOption) => void;
}) {
	return (
		<div id={id} role="listbox" aria-label={t('Documents')} className="max-h-64 overflow-y-auto p-1">
			{options.map((option, index) => (
				// biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the current option
				// biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field chooses it
				<div
					key={choiceKey(option.choice)}
					id={optionId(id, option)}
					role="option"
					aria-selected={index === current}
					// Before the field loses the focus.
					onMouseDown={(event) => event.preventDefault()}
					onClick={() => onChoose(option)}
					ref={(element) => {
						if (index === current) element?.scrollIntoView({ block: 'nearest' });
					}}
					className={`flex min-h-7.5 cursor-default items-center gap-2 rounded-[6px] px-2 ${index === current ? 'bg-hover' : ''}`}
				>
					<Icon of={option.documents === null ? FileText : Library} size={14} className="text-ink-3" />
					<span className="min-w-0 flex-1 truncate" dir="auto">
						{option.name}
					</span>
					<span className="max-w-[45%] truncate text-xs text-ink-3">
						{option.documents === null
							? option.collection
							: t('{count, plural, one {# document} other {# documents}}', { count: option.documents })}
					</span>
				</div>
			))}
		</div>
	);
}
