/** The metadata as the identity provider imports it. */
export const metadataFile = (xml: string): Response =>
  new Response(xml, {
    headers: {
      "content-type": "application/samlmetadata+xml; charset=utf-8",
      "content-disposition": 'attachment; filename="causeway-metadata.xml"',
    },
  });
