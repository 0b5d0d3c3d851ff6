import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Collection } from '../../electron/contract/documents/schema.ts';
import { runWithFocus } from '../app/focus-main.ts';
import { ListGroup, ListPane } from '../app/list-pane.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { TrashMenu } from '../app/trash-menu.tsx';
import { IconButton } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
import { Spinner } from '../design/spinner.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { shownCollection } from './document-store.ts';

/** The list of collections. */
export function CollectionList() {
	const services = useServices();
	const { documents, layout } = services;
	const state = useStore(documents.state);
	const [naming, setNaming] = useState(false);
	const open = (collectionId: number) => layout.go({ section: 'documents', collectionId });
	return (
		<ListPane
			title={t('Collections')}
			actions={<IconButton icon={Plus} label={t('New collection')} onClick={() => setNaming(true)} />}
			status={state.status}
			foot={
				<>
					<TrashMenu
						deleted={state.deleted}
						warning={t(
							'Permanently deletes these collections with the texts, passages and vectors of their documents.',
						)}
						onRestore={(id) => void runOrToast(services, () => documents.restore(id).then(() => open(id)))}
						onEmpty={() => void runOrToast(services, documents.emptyTrash)}
					/>
					{naming ? <NewCollectionDialog onClose={() => setNaming(false)} /> : null}
				</>
			}
		>
			<ListGroup
				name={t('Yours')}
				items={state.collections}
				empty={t('Add documents that answers can draw on.')}
				shownId={shownCollection(state)?.id}
				href={(id) => `#/documents/${id}`}
				onOpen={open}
				mark={(collection: Collection) =>
					collection.jobId === null ? null : (
						<span className="ml-1.5 inline-block align-[-2px] text-accent-ink">
							<Spinner />
							<span className="sr-only"> {t('Being indexed')}</span>
						</span>
					)
				}
				detail={({ documents: count }: Collection) => (
					<>
						{formatCount(count)}
						<span className="sr-only"> {t('{count, plural, one {document} other {documents}}', { count })}</span>
					</>
				)}
			/>
		</ListPane>
	);
}

/** Asks for the name of a new collection and opens it. */
export function NewCollectionDialog({ onClose }: { onClose: () => void }) {
	const { documents, layout } = useServices();
	return (
		<NameDialog
			title={t('New collection')}
			verb={t('Create collection')}
			name=""
			// The button that opened it is gone once there is a collection.
			onClose={() => runWithFocus({ layout }, onClose)}
			onName={async (name) => {
				const { id } = await documents.create(name);
				layout.go({ section: 'documents', collectionId: id });
			}}
		/>
	);
}
