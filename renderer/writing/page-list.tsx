import { FilePlus2, PenLine } from 'lucide-react';
import { useStore } from 'zustand';
import type { PageEntry } from '../../electron/contract/writing/schema.ts';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { ListGroup, ListPane } from '../app/list-pane.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { TrashMenu } from '../app/trash-menu.tsx';
import { IconButton } from '../design/button.tsx';
import { formatShortTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { ListSwitch } from './list-switch.tsx';
import { openNewPage } from './page-actions.ts';

type Row = PageEntry & { readonly name: string };

const named = (page: PageEntry): Row => ({ ...page, name: page.title });

/** The pages, last changed first, and their trash. */
export function PageList() {
	const services = useServices();
	const { layout, pages } = services;
	const state = useStore(pages.state);
	const now = useNow();
	return (
		<ListPane
			title={t('Pages')}
			actions={
				<IconButton
					icon={FilePlus2}
					label={t('New page')}
					keys={formatShortcut('new-page')}
					onClick={() => void openNewPage(services)}
				/>
			}
			status={state.status}
			foot={
				<TrashMenu
					deleted={state.trash.map(named)}
					warning={t('The pages in the trash are deleted permanently. Backups keep them until they expire.')}
					onRestore={(id) =>
						void runOrToast(services, async () => {
							await pages.restore(id);
							layout.go({ section: 'write', pageId: id });
						})
					}
					onEmpty={() => void runOrToast(services, pages.emptyTrash)}
				/>
			}
		>
			<ListSwitch />
			<ListGroup
				name={t('Most recent first')}
				items={state.pages.map(named)}
				empty={t('No pages yet.')}
				shownId={state.page?.id}
				href={(id) => `#/write/${id}`}
				onOpen={(pageId) => layout.go({ section: 'write', pageId })}
				mark={({ continuationId }) =>
					continuationId === null ? null : (
						<>
							<Icon of={PenLine} size={12} className="ml-1.5 inline text-accent-ink" />
							<span className="sr-only"> {t('(writing)')}</span>
						</>
					)
				}
				detail={({ updatedAt }) => formatShortTime(updatedAt, now)}
			/>
		</ListPane>
	);
}
