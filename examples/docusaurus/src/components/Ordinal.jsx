// A run of Ordinal in a page of Docusaurus: <Ordinal run="n1=ordered&t=e60" title="Scaling in" />
export default function Ordinal({ run, title }) {
  return (
    <iframe
      src={`https://EXAMPLE/ordinal/?mode=embed#${run}`}
      title={title}
      width="100%"
      height="420"
      style={{ border: 0 }}
      loading="lazy"
      allow="fullscreen; clipboard-write"
    />
  );
}
