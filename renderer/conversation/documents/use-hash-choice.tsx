import { type KeyboardEvent, type ReactNode, type RefObject, useId, useState } from 'react';
import { useServices } from '../../services.ts';
import { choiceKey, useDocumentOptions } from './document-options.ts';
import { OptionList, optionId } from './option-list.tsx';
import { useDocumentChoices } from './use-document-choices.ts';

/** A # at the start of a word, and the beginning of a name up to the cursor. */
const hashBeforeCursor = /(?:^|\s)#([^\s#][^\n#]{0,60})?$/u;

interface HashChoice {
	/** The list above the message field, if a # was typed. */
	readonly list: ReactNode;
	/** What the message field says about the list. */
	readonly field: { readonly 'aria-controls'?: string; readonly 'aria-activedescendant'?: string };
	/** Looks for a # before the cursor. Call it when text or cursor change. */
	look(): void;
	/** Returns true if it used the key. */
	onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): boolean;
}

/**
 * A # in the message offers collections and documents. The field keeps the focus: arrow keys choose, Enter or Tab takes
 * one and removes the #, Esc leaves the text as it is. Without a match there is no list, so that headings can be written.
 */
export function useHashChoice(area: RefObject<HTMLTextAreaElement | null>, draftKey: string): HashChoice {
	const { drafts } = useServices();
	const { chosen, add } = useDocumentChoices();
	const [asked, setAsked] = useState<string | null>(null);
	const [at, setAt] = useState(0);
	const id = useId();
	const taken = new Set(chosen.map(choiceKey));
	const options = useDocumentOptions(asked)?.filter(({ choice }) => !taken.has(choiceKey(choice))) ?? [];
	const open = asked !== null && options.length > 0;
	const current = Math.min(at, Math.max(0, options.length - 1));

	function beforeCursor(): string {
		const field = area.current;
		return field === null ? '' : field.value.slice(0, field.selectionEnd);
	}

	function take(index: number): void {
		const option = options[index];
		const field = area.current;
		if (option === undefined || field === null) return;
		const before = beforeCursor();
		const start = before.lastIndexOf('#');
		const rest = field.value.slice(before.length);
		drafts.set(draftKey, before.slice(0, start) + rest);
		field.setSelectionRange(start, start);
		add(option);
		setAsked(null);
	}

	return {
		list: open ? (
			<div className="relative">
				<div className="popup absolute inset-x-0 bottom-1 z-20 mx-auto max-w-96 rounded-lg">
					<OptionList
						id={id}
						options={options}
						current={current}
						onChoose={(option) => take(options.indexOf(option))}
					/>
				</div>
			</div>
		) : null,
		field: open
			? { 'aria-controls': id, 'aria-activedescendant': options[current] ? optionId(id, options[current]) : '' }
			: {},
		look() {
			const found = hashBeforeCursor.exec(beforeCursor());
			const text = found === null ? null : (found[1] ?? '');
			if (text !== asked) setAt(0);
			setAsked(text);
		},
		onKeyDown(event) {
			if (!open) return false;
			const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
			if (step !== 0) setAt((current + step + options.length) % options.length);
			else if (event.key === 'Enter' || event.key === 'Tab') take(current);
			else if (event.key === 'Escape') setAsked(null);
			else return false;
			event.preventDefault();
			event.stopPropagation();
			return true;
		},
	};
}
