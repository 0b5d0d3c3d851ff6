import { ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { PromptPreview, PromptText } from '../../electron/contract/prompt/schema.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { TemplateField } from './template-field.tsx';

/** System prompt, template and few-shot slot of the prompt on the screen. Edits are a draft until saved. */
export function PromptEditor({ content, preview }: { content: PromptText; preview: PromptPreview | null }) {
	const { prompts } = useServices();
	const template = useRef<HTMLTextAreaElement>(null);
	const [example, setExample] = useState(content.example !== '');
	const blank = useRef(content.template === '' && content.system === '');
	useEffect(() => {
		if (blank.current) template.current?.focus();
	}, []);
	const missing = preview?.missing ?? [];
	const write = (part: Partial<PromptText>) => prompts.write({ ...content, ...part });
	/** Inserts a variable at the cursor. */
	function insert(name: string): void {
		const field = template.current;
		if (field === null) return;
		field.focus();
		// Inserted as typing, so that Ctrl Z undoes it.
		document.execCommand('insertText', false, `{{${name}}}`);
	}
	return (
		<div className="flex flex-col gap-4">
			<TemplateField
				label={t('System prompt')}
				hint={
					content.system === ''
						? t('optional')
						: t('{count, plural, one {# character} other {# characters}}', { count: content.system.length })
				}
				placeholder={t('The model’s role and how it should answer')}
				rows={2}
				value={content.system}
				missing={missing}
				onChange={(system) => write({ system })}
			/>
			<div>
				<TemplateField
					field={template}
					label={t('Prompt')}
					hint={t('{variable} is the sample’s input', { variable: '{{input}}' })}
					placeholder={t('Question: {variable}', { variable: '{{input}}' })}
					rows={4}
					value={content.template}
					missing={missing}
					onChange={(next) => write({ template: next })}
				/>
				<Insert onInsert={insert} />
			</div>
			{example ? (
				<TemplateField
					label={t('Example format (few-shot)')}
					hint={t('if empty: the prompt, then the target')}
					placeholder={t('Q: {input}\nA: {target}', { input: '{{input}}', target: '{{target}}' })}
					rows={2}
					value={content.example}
					missing={[]}
					onChange={(next) => write({ example: next })}
				/>
			) : (
				<Button size="sm" kind="ghost" className="-mt-2 -ml-2 self-start" onClick={() => setExample(true)}>
					<Icon of={ChevronRight} size={14} />
					{t('Set the format of few-shot examples')}
				</Button>
			)}
		</div>
	);
}

/** Variables available in the template; a click inserts one. */
function Insert({ onInsert }: { onInsert: (name: string) => void }) {
	const { promptPreview } = useServices();
	const names = useStore(promptPreview.state, (state) => state.names);
	return (
		<p className="mt-1.5 flex flex-wrap items-center gap-1 text-2xs text-ink-3">
			<span className="mr-0.5">{t('Insert')}</span>
			{['input', 'choices', 'examples', ...names.filter((name) => !['input', 'choices', 'examples'].includes(name))]
				.slice(0, 12)
				.map((name) => (
					<button
						key={name}
						type="button"
						// Keeps the cursor in the template.
						onMouseDown={(event) => event.preventDefault()}
						onClick={() => onInsert(name)}
						className="inline-flex h-5 max-w-40 items-center truncate rounded-sm px-1.5 font-mono text-ink-2 inset-ring inset-ring-line-strong hover:bg-hover"
					>
						{name}
					</button>
				))}
		</p>
	);
}
