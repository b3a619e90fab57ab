import { DISK_GIB } from "./layout.ts";

/** What the descriptor says of the one disk. */
export interface OvfDisk {
  readonly file: string;
  /** Size of the file, in bytes. */
  readonly fileSize: number;
  /** What the disk holds unpacked, in bytes. */
  readonly populatedSize: number;
}

const SCHEMA = "http://schemas.dmtf.org";
const STREAM_OPTIMIZED = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized";

/** Processors and memory of a fresh appliance; enough for 1,000 Jump Clients. */
const PROCESSORS = 2;
const MEMORY_MIB = 4096;

/** What an administrator may fill in while importing; the guest reads it at its first start. Empty: DHCP, set up later. */
export const ovfProperties = [
  { key: "hostname", label: "Host name", says: "Such as support.example.com" },
  { key: "address", label: "IPv4 address", says: "With its prefix, such as 192.0.2.10/24. Empty: DHCP" },
  { key: "gateway", label: "Gateway", says: "Such as 192.0.2.1" },
  { key: "dns", label: "DNS servers", says: "Addresses, with commas between them" },
  { key: "ntp", label: "Time servers", says: "Names or addresses, with commas between them" },
] as const;

/** An element of a virtual hardware section: element names to texts. */
type HardwareItem = Readonly<Record<string, string | number>>;

const HARDWARE: readonly HardwareItem[] = [
  {
    AllocationUnits: "hertz * 10^6",
    Description: "Number of virtual CPUs",
    ElementName: `${PROCESSORS} virtual CPU(s)`,
    InstanceID: 1,
    ResourceType: 3,
    VirtualQuantity: PROCESSORS,
  },
  {
    AllocationUnits: "byte * 2^20",
    Description: "Memory Size",
    ElementName: `${MEMORY_MIB}MB of memory`,
    InstanceID: 2,
    ResourceType: 4,
    VirtualQuantity: MEMORY_MIB,
  },
  {
    Address: 0,
    Description: "SCSI Controller",
    ElementName: "SCSI Controller 0",
    InstanceID: 3,
    ResourceSubType: "VirtualSCSI",
    ResourceType: 6,
  },
  {
    AddressOnParent: 0,
    ElementName: "Hard Disk 1",
    HostResource: "ovf:/disk/vmdisk1",
    InstanceID: 4,
    Parent: 3,
    ResourceType: 17,
  },
  {
    AddressOnParent: 7,
    AutomaticAllocation: "true",
    Connection: "VM Network",
    Description: "VmxNet3 ethernet adapter",
    ElementName: "Ethernet 1",
    InstanceID: 5,
    ResourceSubType: "VmxNet3",
    ResourceType: 10,
  },
];

/**
 * The OVF 1.1 descriptor (DSP0243): virtual hardware 13 (ESXi 6.5 and later), EFI with Secure Boot. Elements of an item
 * stand in the order of the alphabet, as the schema wants, and capacities in `byte * 2^30`, which one importer parses
 * letter by letter.
 */
export function ovfDescriptor(version: string, disk: OvfDisk): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="${SCHEMA}/ovf/envelope/1" xmlns:ovf="${SCHEMA}/ovf/envelope/1" xmlns:rasd="${SCHEMA}/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="${SCHEMA}/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References>
    <File ovf:href="${disk.file}" ovf:id="file1" ovf:size="${disk.fileSize}"/>
  </References>
  <DiskSection>
    <Info>The appliance's disk; its data partition grows to whatever size it is given</Info>
    <Disk ovf:capacity="${DISK_GIB}" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="${STREAM_OPTIMIZED}" ovf:populatedSize="${disk.populatedSize}"/>
  </DiskSection>
  <NetworkSection>
    <Info>The network people and computers reach the appliance by</Info>
    <Network ovf:name="VM Network">
      <Description>The network people and computers reach the appliance by</Description>
    </Network>
  </NetworkSection>
  <VirtualSystem ovf:id="causeway">
    <Info>Causeway, remote support</Info>
    <Name>Causeway</Name>
    <OperatingSystemSection ovf:id="96" vmw:osType="debian10_64Guest">
      <Info>The system inside</Info>
      <Description>Debian GNU/Linux (64-bit)</Description>
    </OperatingSystemSection>
    <VirtualHardwareSection ovf:transport="com.vmware.guestInfo">
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>causeway</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>
      </System>
${HARDWARE.map(hardwareItem).join("\n")}
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
      <vmw:Config ovf:required="false" vmw:key="bootOptions.efiSecureBootEnabled" vmw:value="true"/>
      <vmw:Config ovf:required="false" vmw:key="tools.syncTimeWithHost" vmw:value="false"/>
    </VirtualHardwareSection>
    <ProductSection>
      <Info>What the appliance is called and how it is reached; all of it can be left empty</Info>
      <Product>Causeway</Product>
      <Version>${version}</Version>
${ovfProperties.map(property).join("\n")}
    </ProductSection>
  </VirtualSystem>
</Envelope>
`;
}

function hardwareItem(item: HardwareItem): string {
  const elements = Object.entries(item).map(([name, text]) => `        <rasd:${name}>${text}</rasd:${name}>`);
  return ["      <Item>", ...elements, "      </Item>"].join("\n");
}

function property({ key, label, says }: (typeof ovfProperties)[number]): string {
  return `      <Property ovf:key="${key}" ovf:type="string" ovf:userConfigurable="true" ovf:value="">
        <Label>${label}</Label>
        <Description>${says}</Description>
      </Property>`;
}
