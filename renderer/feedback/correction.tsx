import { useState } from 'react';
import { useStore } from 'zustand';
import { SubmitKey } from '../app/keyboard/submit-key.tsx';
import { Button } from '../design/button.tsx';
import { InlineEditor } from '../design/inline-editor.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** The parts of an answer that a correction needs. */
type Corrected = { readonly id: number; readonly content: string };

/** The correction of an answer, stored with it; `small` in a pane. */
export function Correction({ message, small = false }: { message: Corrected; small?: boolean }) {
	const { feedback } = useServices();
	const correction = useStore(feedback.state, (all) => all.get(message.id)?.correction ?? null);
	const editing = useStore(feedback.asked, (now) => now?.messageId === message.id && now.about === 'correction');
	const close = () => feedback.asked.setState(null, true);
	if (editing) return <CorrectionEditor message={message} correction={correction} onClose={close} />;
	if (correction === null) return null;
	return (
		<section aria-label={t('Correction')} className="rounded-lg border border-line bg-sunken px-3 py-2">
			<p className="mb-1 text-xs font-medium text-ink-3">{t('Correct answer')}</p>
			<p className={`foreign whitespace-pre-wrap ${small ? '' : 'text-md'}`} dir="auto">
				{correction}
			</p>
		</section>
	);
}

function CorrectionEditor({
	message,
	correction,
	onClose,
}: {
	message: Corrected;
	correction: string | null;
	onClose: () => void;
}) {
	const { feedback } = useServices();
	const [text, setText] = useState(correction ?? message.content);
	const [saving, setSaving] = useState(false);
	async function save(value: string | null): Promise<void> {
		setSaving(true);
		const saved = await feedback.correct(message.id, value);
		setSaving(false);
		if (saved) onClose();
	}
	return (
		<InlineEditor
			label={t('Correct answer')}
			value={text}
			onChange={setText}
			submits={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey)}
			onSubmit={() => void save(text)}
			onClose={onClose}
		>
			<span className="flex-1 text-xs text-ink-3">
				{t('The original answer is kept. The correction is stored with it.')}
			</span>
			{correction === null ? null : (
				<Button size="sm" kind="ghost" onClick={() => void save(null)}>
					{t('Remove')}
				</Button>
			)}
			<Button size="sm" kind="ghost" onClick={onClose}>
				{t('Cancel')}
			</Button>
			<Button size="sm" kind="primary" busy={saving ? t('Saving') : undefined} onClick={() => void save(text)}>
				{t('Save correction')}
			</Button>
			<SubmitKey />
		</InlineEditor>
	);
}
