/** A title in one line. If it is too long, what tells branches apart stays: "Light minutes to the in… (2)". */
export function NumberedTitle({ title }: { title: string }) {
	const [, base = title, number = ''] = /^(.+)( \(\d{1,4}\))$/su.exec(title) ?? [];
	return (
		<span className="flex min-w-0 flex-1" title={title}>
			<span className="truncate">{base}</span>
			{number === '' ? null : <span className="flex-none whitespace-pre">{number}</span>}
		</span>
	);
}
