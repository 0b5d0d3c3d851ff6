import { ChevronDown, Plus } from 'lucide-react';
import { useState } from 'react';
import { type DatasetLook, fits, missingVariables } from '../../../electron/contract/evaluation/defaults.ts';
import type { Prompt, PromptVersion } from '../../../electron/contract/prompt/schema.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { formatList } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuCheck } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { FormPart } from './form-part.tsx';
import { InlineCheckbox } from './inline-fields.tsx';
import type { Plan } from './use-plan.ts';

/** Number of prompts listed before the user asks for the rest. */
const shownAtFirst = 6;

/** Chooses prompts and their versions. */
export function PromptPart({
	plan,
	prompts,
	unsaved,
	look,
}: {
	plan: Plan;
	prompts: readonly Prompt[];
	unsaved: readonly Prompt[];
	look: DatasetLook | null;
}) {
	const { layout } = useServices();
	const [all, setAll] = useState(false);
	const { draft, change } = plan;
	const chosenOf = (prompt: Prompt): readonly number[] =>
		draft.promptVersionIds.filter(
			(id) => id === prompt.latest.id || (plan.versions.get(prompt.id) ?? []).some((version) => version.id === id),
		);
	function toggle(id: number): void {
		const { promptVersionIds: ids } = draft;
		change({ promptVersionIds: ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id] });
	}
	const standing = useInitiallyChosen(
		look,
		prompts.filter((prompt) => chosenOf(prompt).length > 0).map(({ id }) => id),
	);
	const fitting = prompts
		.filter((prompt) => look === null || fits(prompt, look) || standing.has(prompt.id))
		.toSorted((a, b) => rank(b) - rank(a));
	function rank({ id, starterId }: Prompt): number {
		return (standing.has(id) ? 4 : 0) + (starterId === null ? 2 : 0) + (starterId === 'plain' ? 1 : 0);
	}
	const others = prompts.filter((prompt) => !fitting.includes(prompt));
	const shown = all ? [...fitting, ...others] : fitting.slice(0, shownAtFirst);
	return (
		<FormPart title={t('Prompts')} hint={t('Two or more are compared on the same samples.')}>
			<div className="flex w-full flex-col">
				{shown.map((prompt) => {
					const chosen = chosenOf(prompt);
					const missing = look === null ? [] : missingVariables(prompt, look);
					return (
						<div key={prompt.id} className="flex min-w-0 items-center gap-2">
							<InlineCheckbox
								label={prompt.name}
								checked={chosen.length > 0}
								blocked={
									missing.length > 0 && chosen.length === 0
										? t('needs {variables}', { variables: formatList(missing.map((name) => `{{${name}}}`)) })
										: undefined
								}
								onChange={() =>
									change({
										promptVersionIds:
											chosen.length > 0
												? draft.promptVersionIds.filter((id) => !chosen.includes(id))
												: [...draft.promptVersionIds, prompt.latest.id],
									})
								}
							>
								<span className="max-w-64 flex-none truncate" title={prompt.name}>
									{prompt.name}
								</span>
							</InlineCheckbox>
							{chosen.length === 0 ? null : (
								<VersionMenu
									prompt={prompt}
									versions={plan.versions.get(prompt.id)}
									chosen={chosen}
									onOpen={() => void plan.loadVersions(prompt.id)}
									onToggle={toggle}
								/>
							)}
							<span className="min-w-0 flex-1 truncate text-xs text-ink-3" dir="auto">
								{chosen.length > 0 || missing.length === 0 ? excerpt(prompt.latest) : ''}
							</span>
						</div>
					);
				})}
				{unsaved.map(({ id, name }) => (
					<div key={id} className="flex min-w-0 items-center">
						<InlineCheckbox label={name} checked={false} blocked={t('is not saved yet')} onChange={() => {}} />
						<Button kind="ghost" size="sm" onClick={() => layout.go({ section: 'prompts', promptId: id })}>
							{t('Open prompt')}
							<span className="sr-only"> {name}</span>
						</Button>
					</div>
				))}
			</div>
			<div className="-ml-2 flex gap-1">
				{shown.length < prompts.length && !all ? (
					<Button kind="ghost" size="sm" onClick={() => setAll(true)}>
						{t('Show all {count, plural, one {# prompt} other {# prompts}}', { count: prompts.length })}
					</Button>
				) : null}
				<Button kind="ghost" size="sm" icon={Plus} onClick={() => layout.set({ asked: { what: 'new-prompt' } })}>
					{t('New prompt')}
				</Button>
			</div>
		</FormPart>
	);
}

/**
 * Returns the prompts that were chosen when the dataset was inspected: they are listed first, and ticking moves no row.
 */
function useInitiallyChosen(look: DatasetLook | null, chosen: readonly number[]): ReadonlySet<number> {
	const [standing, setStanding] = useState({ look, chosen });
	if (standing.look !== look) setStanding({ look, chosen });
	return new Set(standing.chosen);
}

function excerpt({ system, template }: PromptVersion): string {
	return `${system} ${template}`.slice(0, 300).replaceAll(/\s+/g, ' ').trim();
}

function VersionMenu({
	prompt,
	versions,
	chosen,
	onOpen,
	onToggle,
}: {
	prompt: Prompt;
	versions: readonly PromptVersion[] | undefined;
	chosen: readonly number[];
	onOpen: () => void;
	onToggle: (versionId: number) => void;
}) {
	const known = versions ?? [prompt.latest];
	const numbers = known
		.filter(({ id }) => chosen.includes(id))
		.map(({ number }) => number)
		.toSorted((a, b) => a - b);
	if (prompt.versions === 1) return <span className="flex-none text-xs text-ink-3">v{prompt.latest.number}</span>;
	return (
		<Menu
			align="start"
			onOpenChange={(open) => (open ? onOpen() : undefined)}
			trigger={
				<button
					type="button"
					aria-label={t('{versions} of {name}: other versions', {
						versions: numbers.map((number) => `v${number}`).join(', '),
						name: prompt.name,
					})}
					className={buttonClass('secondary', 'sm')}
				>
					{numbers.map((number) => `v${number}`).join(', ')}
					<Icon of={ChevronDown} size={12} className="text-ink-3" />
				</button>
			}
		>
			{known.map((version) => (
				<MenuCheck key={version.id} checked={chosen.includes(version.id)} onChange={() => onToggle(version.id)}>
					v{version.number}
					<span className="ml-2 text-xs text-ink-3">{version.note}</span>
				</MenuCheck>
			))}
		</Menu>
	);
}
