import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Column } from '../../electron/contract/dataset/schema.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Select } from '../design/select.tsx';
import { TextArea } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { type MappingDraft, roleLabels } from './column-roles.ts';

/** Assigns roles to columns: one row per column, with a role that the keyboard can choose. */
export function MappingTable({
	columns,
	draft,
	problem,
	onChange,
}: {
	columns: readonly Column[];
	draft: MappingDraft;
	/** The reason why this mapping can't be imported. */
	problem: string | null;
	onChange: (draft: MappingDraft) => void;
}) {
	const chosen = Object.values(draft.roles);
	return (
		<section aria-label={t('Columns')} className="flex flex-col gap-2.5">
			<Scroller label={t('Columns')} className="max-h-52 rounded-lg border border-line">
				<table className="w-full table-fixed text-xs">
					<caption className="sr-only">{t('File columns and their roles')}</caption>
					<thead className="text-2xs text-ink-2">
						<tr>
							<th scope="col" className="w-[26%] py-1.5 pr-2 pl-3 text-left font-medium">
								{t('Column')}
							</th>
							<th scope="col" className="px-2 py-1.5 text-left font-medium">
								{t('Example')}
							</th>
							<th scope="col" className="w-36 py-1.5 pr-3 pl-2 text-left font-medium">
								{t('Use as')}
							</th>
						</tr>
					</thead>
					<tbody>
						{columns.map(({ name, examples }) => (
							<tr key={name} className="h-9 border-t border-line">
								<th scope="row" className="truncate pr-2 pl-3 text-left font-mono font-medium" title={name}>
									{name}
								</th>
								<td className="truncate px-2 text-ink-2" dir="auto" title={examples.join('\n')}>
									{examples[0] ?? <span className="text-ink-3">{t('Empty')}</span>}
								</td>
								<td className="pr-3 pl-2">
									<Select
										label={t('Use {name} as', { name })}
										value={draft.roles[name] ?? 'variable'}
										options={roleLabels}
										onChange={(role) => onChange({ ...draft, roles: { ...draft.roles, [name]: role } })}
									/>
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</Scroller>
			{problem === null ? null : (
				<p role="alert" className="flex items-center gap-1.5 text-xs text-bad">
					<Icon of={CircleAlert} size={12} />
					{problem}
				</p>
			)}
			{problem === null && !chosen.includes('target') ? (
				<p className="flex items-start gap-1.5 text-xs text-pretty text-warn">
					<Icon of={TriangleAlert} size={12} className="mt-[3px]" />
					{t(
						'Without a target column, answers can only be scored by judges or rules. If a column holds the correct answer, set it as Target.',
					)}
				</p>
			) : null}
			<InputTemplate draft={draft} columns={columns} onChange={onChange} />
			{chosen.includes('choice') && chosen.includes('target') ? (
				<p className="flex items-center gap-2 text-xs">
					<span aria-hidden className="text-ink-2">
						{t('Target column contains')}
					</span>
					<Select
						label={t('Target column contains')}
						value={draft.targetIs}
						options={[
							{ value: 'text', words: t('text of the correct choice') },
							{ value: 'index-from-0', words: t('number, from 0') },
							{ value: 'index-from-1', words: t('number, from 1') },
							{ value: 'letter', words: t('letter') },
						]}
						onChange={(targetIs) => onChange({ ...draft, targetIs })}
					/>
				</p>
			) : null}
		</section>
	);
}

/** Template that builds the input from several columns; applied when the field loses focus. */
function InputTemplate({
	draft,
	columns,
	onChange,
}: {
	draft: MappingDraft;
	columns: readonly Column[];
	onChange: (draft: MappingDraft) => void;
}) {
	const { roles, template } = draft;
	const [text, setText] = useState(template ?? '');
	if (template === null) {
		const input = Object.entries(roles).find(([, role]) => role === 'input')?.[0];
		const begun = input === undefined ? '' : `{{${input}}}`;
		return (
			<Button
				size="sm"
				kind="ghost"
				className="-ml-2 self-start"
				onClick={() => {
					setText(begun);
					const without = input === undefined ? roles : { ...roles, [input]: 'variable' as const };
					onChange({ ...draft, roles: without, template: begun });
				}}
			>
				{t('Combine columns into the input')}
			</Button>
		);
	}
	return (
		<TextArea
			label={t('Input')}
			hint={t("Insert columns as '{{'{name}'}}'", { name: columns[0]?.name ?? 'name' })}
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (text !== template) onChange({ ...draft, template: text });
			}}
		/>
	);
}
