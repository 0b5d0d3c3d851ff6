import { useStore } from 'zustand';
import { Segmented } from '../design/field/segmented.tsx';
import { formatCount } from '../design/format.ts';
import { useServices } from '../services.ts';
import { DownloadTab } from './get/get-models.tsx';
import { LibraryActions } from './library/library-actions.tsx';
import { LibraryInspector } from './library/library-inspector.tsx';
import { LibraryTab } from './library/library-tab.tsx';

/** What is on this computer and will run here, and what can be fetched: two tabs under one head. */
export function ModelsScreen() {
	const { models } = useServices();
	const tab = useStore(models.view, (view) => view.tab);
	const files = useStore(models.state, (state) => state.models);
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
					<h1 className="text-[14px] font-semibold tracking-[-0.006em]">Models</h1>
					<div className="ml-2">
						<Segmented
							label="Which models"
							value={tab}
							onChange={(next) => models.view.setState({ tab: next })}
							options={[
								{ value: 'here', label: 'On this computer', count: formatCount(files.length) },
								{ value: 'get', label: 'Get models' },
							]}
						/>
					</div>
					<span className="flex-1" />
					{tab === 'here' ? <LibraryActions /> : null}
				</header>
				{tab === 'here' ? <LibraryTab /> : <DownloadTab />}
			</main>
			{tab === 'here' ? <LibraryInspector /> : null}
		</>
	);
}
