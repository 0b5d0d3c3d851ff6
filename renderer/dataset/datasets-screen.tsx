import { ListToggle } from '../app/frame/list-toggle.tsx';

/** The dataset that is open. */
export function DatasetsScreen() {
	return (
		<main data-region className="flex min-w-0 flex-1 flex-col">
			<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
				<ListToggle />
				<h1 className="text-[14px] font-semibold tracking-[-0.006em]">Datasets</h1>
			</header>
		</main>
	);
}
