import { Archive, FileOutput, FolderInput, Pin, Tag, Trash2, X } from 'lucide-react';
import { formatQuantity } from '../../design/format.ts';
import { MenuItem, MenuLine, MenuSub } from '../../design/menu.tsx';
import { useServices } from '../../services.ts';
import { archiveConversations, pinConversations, trashConversations } from '../organise/change.ts';
import { FolderItems, TagItems } from '../organise/place-menu.tsx';

/** What can be done with several conversations at once. */
export function BulkMenuItems({ ids }: { ids: readonly number[] }) {
	const services = useServices();
	return (
		<>
			<p className="px-2 pt-1 pb-1.5 text-2xs font-medium text-ink-3">{formatQuantity(ids.length, 'conversation')}</p>
			<MenuItem icon={Pin} keys="P" onSelect={() => void pinConversations(services, ids, true)}>
				Pin
			</MenuItem>
			<MenuSub icon={FolderInput} label="Move to folder">
				<FolderItems ids={ids} />
			</MenuSub>
			<MenuSub icon={Tag} label="Tags">
				<TagItems ids={ids} />
			</MenuSub>
			<MenuItem icon={Archive} keys="E" onSelect={() => void archiveConversations(services, ids, true)}>
				Archive
			</MenuItem>
			<MenuItem icon={FileOutput} onSelect={() => services.importExport.showExport(ids)}>
				Export
			</MenuItem>
			<MenuItem icon={X} keys="Esc" onSelect={() => services.selection.clear()}>
				Clear the selection
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} keys="Del" danger onSelect={() => void trashConversations(services, ids)}>
				Move to trash
			</MenuItem>
		</>
	);
}
