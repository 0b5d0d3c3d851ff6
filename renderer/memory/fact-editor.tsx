import { useState } from 'react';
import { Button } from '../design/button.tsx';
import { InlineEditor } from '../design/inline-editor.tsx';
import { t } from '../messages/t.ts';

/** The text of a fact to change in its place; Enter keeps it, Escape closes. */
export function FactEditor({
	text,
	action,
	onKeep,
	onClose,
	className = '',
}: {
	/** What it says now. */
	text: string;
	/** The button that keeps the text: "Save". */
	action: string;
	/** Gets the new text, which is not empty. */
	onKeep: (text: string) => void;
	onClose: () => void;
	className?: string;
}) {
	const [typed, setTyped] = useState(text);
	const keep = (): void => {
		if (typed.trim() !== '') onKeep(typed.trim());
	};
	return (
		<InlineEditor
			label={t('What to remember')}
			value={typed}
			onChange={setTyped}
			submits={({ key, shiftKey, nativeEvent }) => key === 'Enter' && !shiftKey && !nativeEvent.isComposing}
			onSubmit={keep}
			onClose={onClose}
			className={className}
		>
			<Button
				size="sm"
				kind="primary"
				onClick={keep}
				blocked={typed.trim() === '' ? t('Write what to remember') : undefined}
			>
				{action}
			</Button>
			<Button size="sm" onClick={onClose}>
				{t('Cancel')}
			</Button>
		</InlineEditor>
	);
}
