/** Turning arc; with a label it speaks for itself, without one the text beside it does. */
export function Spinner({ size = 10, label }: { size?: number; label?: string }) {
	const style = { width: size, height: size };
	return label === undefined ? (
		<span className="spinner" style={style} aria-hidden />
	) : (
		<span className="spinner" style={style} role="img" aria-label={label} />
	);
}
