import { PanelRight, ScrollText } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { Drawer } from '../app/drawer.tsx';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { ListToggle } from '../app/list-toggle.tsx';
import { PaneBlock } from '../app/pane-block.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { PaneHeader, ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { openNewRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { PreviewPane } from './preview-pane.tsx';
import { PromptEditor } from './prompt-editor.tsx';
import { NewPromptDialog } from './prompt-list.tsx';
import { PromptMenu } from './prompt-menu.tsx';
import { isBlank, isChanged, shownPrompt, toContent } from './prompt-store.ts';
import { SaveVersionDialog } from './save-version-dialog.tsx';
import { VersionDiff } from './version-diff.tsx';
import { PromptVersionMenu, VersionList } from './version-list.tsx';

/** The open prompt: edit it and try it on a sample, or see two of its versions side by side. */
export function PromptsScreen() {
	const { layout, prompts, settings } = useServices();
	const width = useWindowWidth();
	const promptId = useStore(layout.state, ({ route }) => (route.section === 'prompts' ? route.promptId : null));
	const status = useStore(prompts.state, (state) => state.status);
	const shown = useStore(prompts.state, (state) => shownPrompt(state)?.id);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const overlay = useStore(layout.state, (state) => state.inspectorOverlay);
	const close = () => layout.set({ inspectorOverlay: false });
	useEffect(() => {
		if (status === 'ready') void prompts.open(promptId);
	}, [prompts, promptId, status]);
	if (shown === undefined) {
		return (
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ScreenHeader>
					<ListToggle />
					<ScreenTitle>{t('Prompts')}</ScreenTitle>
				</ScreenHeader>
				<NoPrompt />
			</main>
		);
	}
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ShownPrompt key={shown} />
			</main>
			{width === 'wide' ? (
				inspectorOpen ? (
					<aside
						aria-label={t('Prompt details')}
						data-region
						className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
					>
						<About />
					</aside>
				) : null
			) : (
				<Drawer open={overlay} onClose={close} side="right" label={t('Prompt details')}>
					<About onClose={close} />
				</Drawer>
			)}
		</>
	);
}

/** The pending save and its next step. */
type Saving = { readonly verb: string; readonly evaluate: boolean };

function ShownPrompt() {
	const services = useServices();
	const { layout, prompts, promptPreview, settings, toasts } = services;
	const width = useWindowWidth();
	const prompt = useStore(prompts.state, shownPrompt);
	const draft = useStore(prompts.state, ({ drafts }) => (prompt === undefined ? undefined : drafts[prompt.id]));
	const latest = prompt?.latest;
	const content = useMemo(() => draft ?? (latest === undefined ? undefined : toContent(latest)), [draft, latest]);
	const changed = useStore(prompts.state, isChanged);
	const compared = useStore(prompts.state, (state) => state.compared);
	const preview = useStore(promptPreview.state, (state) => state.preview);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const [saving, setSaving] = useState<Saving | null>(null);
	if (prompt === undefined || content === undefined) return null;
	const next = isBlank(prompt) ? 1 : prompt.latest.number + 1;
	const empty = content.template.trim() === '' ? t('Write the prompt first') : undefined;
	const wide = width === 'wide' && inspectorOpen;
	function press(event: KeyboardEvent): void {
		if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return;
		event.preventDefault();
		if (changed && empty === undefined && saving === null) setSaving({ verb: t('Save'), evaluate: false });
	}
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: Ctrl S is a second way to the button inside
		<div className="flex min-h-0 flex-1 flex-col" onKeyDown={press}>
			<ScreenHeader>
				<ListToggle />
				<ScreenTitle className="truncate" title={prompt.name}>
					{prompt.name}
				</ScreenTitle>
				<PromptVersionMenu />
				{changed ? <Badge tone="line">{t('Unsaved')}</Badge> : null}
				<span className="flex-1" />
				<PromptMenu prompt={prompt} content={content} />
				{changed ? (
					<>
						<Button kind="ghost" onClick={() => prompts.drop()}>
							{t('Discard')}
						</Button>
						<Button blocked={empty} onClick={() => setSaving({ verb: t('Save'), evaluate: false })}>
							{t('Save as v{number}', { number: next })}
						</Button>
					</>
				) : null}
				<Button
					kind="primary"
					blocked={empty}
					onClick={() =>
						changed
							? setSaving({ verb: t('Save and evaluate'), evaluate: true })
							: openNewRun(services, { promptVersionId: prompt.latest.id })
					}
				>
					{t('Evaluate')}
				</Button>
				<IconButton
					icon={PanelRight}
					label={wide ? t('Hide details') : t('Show details')}
					keys={formatShortcut('toggle-inspector')}
					aria-pressed={wide}
					onClick={() =>
						width === 'wide'
							? settings.change({ inspectorOpen: !inspectorOpen })
							: layout.set({ inspectorOverlay: true })
					}
				/>
			</ScreenHeader>
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
				<div className="mx-auto flex max-w-200 flex-col gap-6 px-6 py-5">
					{compared === null ? (
						<>
							<PromptEditor content={content} preview={preview} />
							<div className="border-t border-line pt-4">
								<PreviewPane content={content} />
							</div>
						</>
					) : (
						<VersionDiff compared={compared} />
					)}
				</div>
			</div>
			{saving === null ? null : (
				<SaveVersionDialog
					number={next}
					verb={saving.verb}
					onClose={() => setSaving(null)}
					then={(version) => {
						if (saving.evaluate) openNewRun(services, { promptVersionId: version.id });
						else toasts.show({ text: t('Saved as v{number}', { number: version.number }) });
					}}
				/>
			)}
		</div>
	);
}

function About({ onClose }: { onClose?: () => void }) {
	const { prompts, promptPreview } = useServices();
	const prompt = useStore(prompts.state, shownPrompt);
	const used = useStore(promptPreview.state, (state) => state.preview?.variables);
	const missing = useStore(promptPreview.state, (state) => state.preview?.missing);
	if (prompt === undefined) return null;
	const variables = used ?? prompt.latest.variables;
	return (
		<>
			<PaneHeader heading={t('Details')} onClose={onClose} />
			<div className="flex min-h-0 flex-1 flex-col gap-4 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				{prompt.description === '' ? null : <p className="text-pretty text-ink-2">{prompt.description}</p>}
				<PaneBlock label={t('Variables')}>
					{variables.length === 0 ? (
						<p className="text-ink-3">{t('None: every sample gets the same prompt.')}</p>
					) : (
						<ul className="flex flex-wrap gap-1">
							{variables.map((name) => (
								<li key={name}>
									<Badge tone={missing?.includes(name) ? 'warn' : 'plain'}>
										<span className="max-w-40 truncate font-mono leading-normal">{name}</span>
										{missing?.includes(name) ? <span className="font-normal">{t('missing')}</span> : null}
									</Badge>
								</li>
							))}
						</ul>
					)}
				</PaneBlock>
				<VersionList />
			</div>
		</>
	);
}

function NoPrompt() {
	const { prompts } = useServices();
	const { status, failure } = useStore(prompts.state);
	const [naming, setNaming] = useState(false);
	if (status === 'loading') return <Skeleton rows={6} className="p-5" />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load prompts')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void prompts.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	return (
		<>
			<EmptyState
				icon={ScrollText}
				title={t('No prompts yet')}
				actions={
					<Button kind="primary" onClick={() => setNaming(true)}>
						{t('New prompt')}
					</Button>
				}
			>
				{t('A prompt is a template. Each sample of a dataset fills in its variables.')}
			</EmptyState>
			{naming ? <NewPromptDialog onClose={() => setNaming(false)} /> : null}
		</>
	);
}
