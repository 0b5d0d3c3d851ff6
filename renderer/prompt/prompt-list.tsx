import { Plus } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { Prompt } from '../../electron/contract/prompt/prompt.ts';
import { NameDialog } from '../app/pane/name-dialog.tsx';
import { TrashMenu } from '../app/pane/trash-menu.tsx';
import { orToast } from '../conversation/actions.ts';
import { Button, IconButton } from '../design/button.tsx';
import { ChangedDot } from '../design/field/changed-dot.tsx';
import { FailureCard } from '../design/state/failure-card.tsx';
import { Skeleton } from '../design/state/skeleton.tsx';
import { useServices } from '../services.ts';
import { shownPrompt } from './prompts.ts';

/** A prompt that only hands the input on. */
const plainContent = { system: '', template: '{{input}}', example: '' };

/** The prompts: one's own, then the templates that come with Assay. */
export function PromptList() {
	const { prompts } = useServices();
	const { status, failure, prompts: all } = useStore(prompts.state);
	const [naming, setNaming] = useState(false);
	const own = all.filter(({ starterId }) => starterId === null);
	const starters = all.filter(({ starterId }) => starterId !== null);
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">Prompts</h2>
				<IconButton icon={Plus} label="New prompt" onClick={() => setNaming(true)} />
			</header>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a second way through links that are reached with Tab */}
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto" onKeyDown={walk}>
				{status === 'loading' ? <Skeleton rows={5} className="px-2 pt-4" /> : null}
				{status === 'failed' && failure !== null ? (
					<div className="p-1">
						<FailureCard
							title="The prompts could not be read"
							failure={failure}
							actions={
								<Button size="sm" onClick={() => void prompts.refresh()}>
									Try again
								</Button>
							}
						/>
					</div>
				) : null}
				<Group name="Yours" prompts={own} empty="Write one, or begin with a template below." />
				<Group name="Templates" prompts={starters} />
			</div>
			<PromptTrash />
			{naming ? <NewPromptDialog onClose={() => setNaming(false)} /> : null}
		</div>
	);
}

/** Asks for the name of a prompt that only hands the input on, to be written from there. */
export function NewPromptDialog({ onClose }: { onClose: () => void }) {
	const { layout, prompts } = useServices();
	return (
		<NameDialog
			title="New prompt"
			verb="Make prompt"
			name=""
			onClose={onClose}
			onName={async (name) => {
				const { id } = await prompts.create(name, plainContent);
				layout.go({ section: 'prompts', promptId: id });
			}}
		/>
	);
}

function PromptTrash() {
	const services = useServices();
	const { layout, prompts } = services;
	const deleted = useStore(prompts.state, (state) => state.deleted);
	return (
		<TrashMenu
			deleted={deleted}
			onRestore={(id) =>
				void orToast(services, async () => {
					await prompts.restore(id);
					layout.go({ section: 'prompts', promptId: id });
				})
			}
		/>
	);
}

function Group({ name, prompts, empty }: { name: string; prompts: readonly Prompt[]; empty?: string }) {
	const { layout, prompts: store } = useServices();
	const status = useStore(store.state, (state) => state.status);
	const shown = useStore(store.state, (state) => shownPrompt(state)?.id);
	const drafts = useStore(store.state, (state) => state.drafts);
	if (status !== 'ready' || (prompts.length === 0 && empty === undefined)) return null;
	return (
		<section aria-label={name} className="mb-3">
			<h3 className="flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3">{name}</h3>
			{prompts.length === 0 ? <p className="px-2 text-xs text-ink-3">{empty}</p> : null}
			<ul>
				{prompts.map(({ id, name: title, latest }) => (
					<li key={id}>
						<a
							data-row
							href={`#/prompts/${id}`}
							aria-current={id === shown ? 'true' : undefined}
							onClick={(event) => {
								event.preventDefault();
								layout.go({ section: 'prompts', promptId: id });
							}}
							className="flex h-7.5 items-center gap-2 rounded-[6px] px-2 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink"
						>
							<span className="min-w-0 flex-1 truncate" title={title}>
								{title}
								{drafts[id] === undefined ? null : <ChangedDot />}
							</span>
							<span className="flex-none text-2xs font-normal text-ink-3 tabular-nums">v{latest.number}</span>
						</a>
					</li>
				))}
			</ul>
		</section>
	);
}

/** Up and down go through the rows of both groups. */
function walk(event: KeyboardEvent<HTMLElement>): void {
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	if (step === undefined) return;
	const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
	const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
	if (next === undefined) return;
	event.preventDefault();
	next.focus();
}
