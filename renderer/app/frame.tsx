import { DatabaseBackup } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { ConnectionBanner } from '../connection/connection-banner.tsx';
import { Inspector } from '../conversation/inspector.tsx';
import { SourcePane } from '../conversation/ledger/source-pane.tsx';
import { ThreadPane } from '../conversation/thread/thread-pane.tsx';
import { TrashScreen } from '../conversation/trash-screen.tsx';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { sentences } from '../messages/sentences.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useWelcome } from '../welcome/use-welcome.ts';
import { Welcome } from '../welcome/welcome.tsx';
import { Drawer } from './drawer.tsx';
import { PaneResizer } from './pane-resizer.tsx';
import { PartBoundary } from './part-boundary.tsx';
import { Rail } from './rail.tsx';
import { formatRoute } from './route.ts';
import { preloadScreens, Screen } from './screens.tsx';
import { findSectionList, type SectionList } from './section-list.tsx';
import { sectionNames } from './section-names.ts';
import { StatusBar } from './status-bar.tsx';
import { useWindowWidth, type WindowWidth } from './use-window-width.ts';

/** The first page is drawn and filled by then. */
const preloadAfterMs = 500;

/** The window's frame: rail, list, sheet and status bar. */
export function Frame() {
	const { layout, settings } = useServices();
	const width = useWindowWidth();
	const section = useStore(layout.state, ({ route }) => route.section);
	const address = useStore(layout.state, ({ route }) => formatRoute(route));
	const listOpen = useStore(layout.state, (state) => state.listOpen);
	const listWidth = useStore(settings.state, (state) => state.listWidth);
	const welcome = useWelcome();
	useEffect(() => {
		const timer = setTimeout(() => void preloadScreens(), preloadAfterMs);
		return () => clearTimeout(timer);
	}, []);
	const bare = welcome === 'waiting';
	const ofSection = findSectionList(section);
	const shown = welcome === 'no' && listOpen && width !== 'narrow' ? ofSection : undefined;
	const rail = bare ? 0 : width === 'wide' ? 68 : 48;
	const list = shown ? Math.max(200, width === 'wide' ? listWidth : listWidth - 28) : 0;
	return (
		<div
			className="grid h-full"
			style={{
				gridTemplate: `"rail list sheet" minmax(0, 1fr) "status status status" max(var(--statusbar), var(--toasts, 0px)) / ${rail}px ${list}px minmax(0, 1fr)`,
			}}
		>
			{bare ? null : (
				<PartBoundary name={t('the rail')} place="corner">
					<Rail />
				</PartBoundary>
			)}
			{shown ? (
				<aside aria-label={shown.name} data-region className="flex min-w-0 [grid-area:list]">
					<div className="flex min-w-0 flex-1 flex-col overflow-hidden pt-2 pr-2 pl-1">
						<PartBoundary name={t('the list ({name})', { name: shown.name })} resetKey={section}>
							<shown.Pane />
						</PartBoundary>
					</div>
					<PaneResizer
						label={shown.width}
						width={listWidth}
						grows="right"
						onChange={(next) => settings.change({ listWidth: next })}
					/>
				</aside>
			) : null}
			<div
				className={`flex min-h-0 min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-sheet [grid-area:sheet] mt-2 mr-2 ${bare ? 'ml-2' : ''}`}
			>
				<ConnectionBanner />
				<NoticeBanner />
				<div className="flex min-h-0 flex-1">
					<PartBoundary name={sectionNames[section]} resetKey={address} place="screen">
						{welcome !== 'no' ? (
							<main data-region className="flex min-w-0 flex-1 flex-col">
								<Welcome />
							</main>
						) : (
							<Section width={width} />
						)}
					</PartBoundary>
				</div>
			</div>
			<PartBoundary name={t('the status bar')} place="corner">
				<StatusBar />
			</PartBoundary>
			{width === 'narrow' && ofSection ? <ListOverlay list={ofSection} /> : null}
		</div>
	);
}

function Section({ width }: { width: WindowWidth }) {
	const { layout, shownSource } = useServices();
	const section = useStore(layout.state, ({ route }) => route.section);
	const sourceShown = useStore(shownSource, (shown) => shown !== null);
	switch (section) {
		case 'chat':
			return (
				<>
					<main data-region className="flex min-w-0 flex-1 flex-col">
						<ThreadPane />
					</main>
					<PartBoundary name={t('the conversation’s settings')}>
						<SourcePane />
						{width !== 'wide' ? <InspectorOverlay /> : sourceShown ? null : <InspectorPane />}
					</PartBoundary>
				</>
			);
		case 'trash':
			return (
				<main data-region className="flex min-w-0 flex-1 flex-col">
					<TrashScreen />
				</main>
			);
		case 'settings':
			return (
				<main data-region className="flex min-w-0 flex-1 flex-col">
					<Screen key={section} name={section} />
				</main>
			);
		case 'write':
		case 'evaluate':
		case 'compare':
		case 'models':
		case 'datasets':
		case 'documents':
		case 'prompts':
		case 'feedback':
		case 'activity':
			return <Screen key={section} name={section} />;
	}
}

function InspectorPane() {
	const { settings } = useServices();
	const open = useStore(settings.state, (state) => state.inspectorOpen);
	const width = useStore(settings.state, (state) => state.inspectorWidth);
	if (!open) return null;
	return (
		<aside aria-label={t('Conversation settings')} data-region className="flex min-h-0 flex-none" style={{ width }}>
			<PaneResizer
				label={t('Width of the settings pane')}
				width={width}
				grows="left"
				onChange={(next) => settings.change({ inspectorWidth: next })}
			/>
			<div className="flex min-w-0 flex-1 flex-col border-l border-line">
				<Inspector />
			</div>
		</aside>
	);
}

function InspectorOverlay() {
	const { layout } = useServices();
	const open = useStore(layout.state, (state) => state.inspectorOverlay);
	const close = () => layout.set({ inspectorOverlay: false });
	return (
		<Drawer open={open} onClose={close} side="right" label={t('Conversation settings')}>
			<Inspector onClose={close} />
		</Drawer>
	);
}

function ListOverlay({ list }: { list: SectionList }) {
	const { layout } = useServices();
	const open = useStore(layout.state, (state) => state.listOverlay);
	return (
		<Drawer open={open} onClose={() => layout.set({ listOverlay: false })} side="left" label={list.name}>
			<PartBoundary name={t('the list ({name})', { name: list.name })}>
				<list.Pane />
			</PartBoundary>
		</Drawer>
	);
}

/** Tells that the database was restored, set aside or opened read-only, and what that means. */
function NoticeBanner() {
	const { status, layout } = useServices();
	const notice = useStore(status, (now) => now?.notice ?? null);
	const [read, setRead] = useState<string | null>(null);
	if (notice === null || read === notice.message) return null;
	return (
		<section aria-label={t('Notice')} className="flex flex-none items-start gap-2 bg-warn-soft py-1.5 pr-2 pl-5">
			<Icon of={DatabaseBackup} size={14} className="mt-[5px] text-warn" />
			<p className="min-w-0 flex-1 py-[3px] [overflow-wrap:anywhere]">
				<span className="font-medium">{notice.message}</span>{' '}
				<span className="text-ink-2">{sentences(notice.next)}</span>
			</p>
			<Button size="sm" kind="ghost" onClick={() => layout.go({ section: 'settings', part: 'data' })}>
				{t('Show backups')}
			</Button>
			<Button size="sm" kind="ghost" onClick={() => setRead(notice.message)}>
				{t('Close')}
			</Button>
		</section>
	);
}
