import { FolderSearch, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ModelPlace } from '../../electron/contract/model/scan.ts';
import { toFailure } from '../connection/failure.ts';
import { Button, IconButton } from '../design/button.tsx';
import { formatDate, formatQuantity } from '../design/format.ts';
import { Skeleton } from '../design/state/skeleton.tsx';
import { useServices } from '../services.ts';

/** What is known of a folder: whose it is, when it was looked through. */
function describeFolder({ app, files, scannedAt, exists }: ModelPlace): string {
	if (!exists) return 'not there now';
	return [
		app,
		files > 0 ? formatQuantity(files, 'file') : null,
		scannedAt === null ? 'not looked into' : `looked into on ${formatDate(scannedAt)}`,
	]
		.filter((part) => part !== null)
		.join(' · ');
}

/** Folders that were added, and where other programs on this computer keep their models. */
export function ModelFolderList({ onScan }: { onScan: (paths: readonly string[]) => void }) {
	const { connection, toasts } = useServices();
	const [places, setPlaces] = useState<readonly ModelPlace[] | null>(null);
	useEffect(() => {
		let current = true;
		connection.client.models.places().then(
			(answer) => current && setPlaces(answer.places),
			() => current && setPlaces([]),
		);
		return () => {
			current = false;
		};
	}, [connection]);
	async function forget({ id }: ModelPlace): Promise<void> {
		if (id === null) return;
		await connection.client.models.removePlace({ id }).catch((error: unknown) => toasts.fail(toFailure(error).message));
		setPlaces((now) => now?.filter((place) => place.id !== id) ?? null);
	}
	const there = places?.filter(({ exists }) => exists) ?? [];
	if (places?.length === 0) {
		return (
			<p className="mt-3.5 text-xs text-ink-3">
				Folders of LM Studio, Jan, Ollama, llama.cpp or Hugging Face were not found in their usual places.
			</p>
		);
	}
	return (
		<section aria-label="Folders with models" className="mt-3.5">
			<h3 className="mb-[5px] text-xs font-medium text-ink-2">Folders with models on this computer</h3>
			{places === null ? (
				<Skeleton rows={2} />
			) : (
				<>
					<ul className="rounded-lg border border-line">
						{places.map((place) => (
							<li key={place.path} className="flex items-center gap-3 border-b border-line px-3 py-1.5 last:border-b-0">
								<span className="min-w-0 flex-1">
									<span className="block truncate font-mono text-xs" title={place.path}>
										{place.path}
									</span>
									<span className="text-xs text-ink-3">{describeFolder(place)}</span>
								</span>
								<Button
									size="sm"
									aria-label={`${place.scannedAt === null ? 'Look in it' : 'Look again'}: ${place.path}`}
									blocked={place.exists ? undefined : 'The folder is not there now'}
									onClick={() => onScan([place.path])}
								>
									{place.scannedAt === null ? 'Look in it' : 'Look again'}
								</Button>
								{place.id === null ? null : (
									<IconButton
										icon={X}
										size="sm"
										label={`Forget the folder ${place.path}; its models stay`}
										onClick={() => void forget(place)}
									/>
								)}
							</li>
						))}
					</ul>
					{there.length > 1 ? (
						<Button
							kind="ghost"
							size="sm"
							icon={FolderSearch}
							className="mt-1.5"
							onClick={() => onScan(there.map(({ path }) => path))}
						>
							Look in all {there.length}
						</Button>
					) : null}
				</>
			)}
		</section>
	);
}
