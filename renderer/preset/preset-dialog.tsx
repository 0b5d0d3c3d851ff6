import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { NumberField } from '../design/number-field.tsx';
import { TextArea, TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { AppliedPromptChip } from '../prompt/applied-prompt.tsx';
import { useServices } from '../services.ts';
import { SamplingFields } from '../settings/sampling-fields.tsx';
import { applyChoices, setChoice } from './preset-choices.ts';
import type { PresetContent } from './preset-store.ts';

const longestName = 80;

/** Creates or edits a preset. A dot marks its own values; the others follow the settings. */
export function PresetDialog({
	title,
	verb,
	content,
	onClose,
	onSave,
}: {
	title: string;
	/** Label of the button. */
	verb: string;
	content: PresetContent;
	onClose: () => void;
	/** Rejects with the reason; the dialog shows it and stays open. */
	onSave: (content: PresetContent) => Promise<unknown>;
}) {
	const { settings } = useServices();
	const general = useStore(settings.state, (state) => state.sampling);
	const [given, setGiven] = useState(content);
	const [error, setError] = useState<string>();
	const [saving, setSaving] = useState(false);
	const name = useRef<HTMLInputElement>(null);
	const change = (part: Partial<PresetContent>) => setGiven((now) => ({ ...now, ...part }));

	/** Only the name can be wrong, and it may be out of view above a long system prompt. */
	function refuse(why: string): void {
		setError(why);
		name.current?.focus();
	}

	async function save(): Promise<void> {
		const chosen = given.name.trim();
		if (chosen === '') return refuse(t('Enter a name'));
		setSaving(true);
		try {
			await onSave({ ...given, name: chosen });
			onClose();
		} catch (thrown) {
			setSaving(false);
			refuse(toFailure(thrown).message);
		}
	}

	return (
		<Dialog
			open
			onClose={onClose}
			title={title}
			width={440}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button kind="primary" busy={saving ? t('Saving') : undefined} onClick={() => void save()}>
						{verb}
					</Button>
				</>
			}
		>
			<form
				className="mt-3.5 flex flex-col gap-3.5"
				onSubmit={(event) => {
					event.preventDefault();
					void save();
				}}
			>
				<TextField
					label={t('Name')}
					ref={name}
					error={error}
					maxLength={longestName}
					value={given.name}
					onChange={(event) => {
						setError(undefined);
						change({ name: event.target.value });
					}}
				/>
				<TextArea
					label={t('System prompt')}
					placeholder={t('Keeps the conversation’s own')}
					maxHeight={140}
					value={given.systemPrompt}
					onChange={(event) => change({ systemPrompt: event.target.value })}
				/>
				{given.prompt === undefined ? null : (
					<div>
						<p className="mb-[5px] text-xs font-medium text-ink-2">{t('Applied to each message')}</p>
						<AppliedPromptChip
							prompt={given.prompt}
							systemPrompt={given.systemPrompt}
							onRemove={() => setGiven(({ prompt: _, ...rest }) => rest)}
						/>
					</div>
				)}
				<SamplingFields
					sampling={applyChoices(general, given.sampling)}
					base={general}
					onChange={(part) => change({ sampling: setChoice(given.sampling, part, general) })}
				>
					<NumberField
						label={t('Context')}
						min={128}
						max={1_048_576}
						step={128}
						empty={t('Auto')}
						value={given.contextSize}
						changed={given.contextSize !== null}
						onChange={(contextSize) => {
							if (contextSize === null || contextSize >= 128) change({ contextSize });
						}}
					/>
				</SamplingFields>
			</form>
		</Dialog>
	);
}
