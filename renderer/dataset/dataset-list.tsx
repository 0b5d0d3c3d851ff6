/** The list of datasets. */
export function DatasetList() {
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">Datasets</h2>
			</header>
		</div>
	);
}
