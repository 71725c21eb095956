variable "image" {
  description = "Machine image of every instance. The default exists in an emulated AWS only."
  type        = string
  default     = "ami-0b301ce3ce347599c"
}

variable "public_block" {
  description = "The company's own public addresses, brought to AWS. The default is the range for documentation (RFC 5737)."
  type        = string
  default     = "203.0.113.0/24"
}
